"""Self-evaluation: scoring, targets, facts, the year of a form."""
