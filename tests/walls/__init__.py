"""The walls: who opens which door, who sees which case, and what of it."""
