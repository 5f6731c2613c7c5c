"""The only writers of the self-evaluation: forms and targets, evidence, results, steps."""
