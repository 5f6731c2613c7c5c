"""Questions to the public door."""
