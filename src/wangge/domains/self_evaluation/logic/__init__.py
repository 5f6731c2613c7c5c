"""The pure thinking of the self-evaluation: scoring, quality of targets, monitoring; no Django, clock, database."""
