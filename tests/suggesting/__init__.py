"""Class and owner suggested from words."""
