"""Owns components as other systems hand them over and take them: files, their mappings, the standard's fields."""
