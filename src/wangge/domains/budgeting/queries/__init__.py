"""Questions to budget execution; each a constant number of statements."""
