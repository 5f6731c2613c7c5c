"""The public surface standing alone: no way to the house's database, a spool folder for everything that crosses."""
