"""Imports into the ledger 台账 from other systems' lists, by mappings that are data."""
