"""Questions to calls."""
