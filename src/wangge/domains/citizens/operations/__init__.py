"""The only writers of the public door."""
