"""Exchange with other systems: imports of foreign reports."""
