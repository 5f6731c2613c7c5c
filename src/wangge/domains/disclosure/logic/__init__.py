"""Final accounts thought through without a database: cells from facts, rounding, comparison, workflow."""
