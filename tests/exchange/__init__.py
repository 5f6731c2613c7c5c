"""Exchange with other systems: foreign reports read by mappings."""
