"""The writers of partners and their messages."""
