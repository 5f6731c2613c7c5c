"""Performance targets and the yearly self-evaluation (绩效自评): targets, facts, scores, statements, review."""
