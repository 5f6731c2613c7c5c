"""Questions to the cases: lists, steps, search; each a constant number of statements."""
