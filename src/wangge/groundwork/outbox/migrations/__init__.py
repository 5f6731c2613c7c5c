"""Migrations, applied by the owner role."""
