"""Questions to facts and results."""
