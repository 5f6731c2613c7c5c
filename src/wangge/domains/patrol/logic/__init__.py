"""The pure part of patrol: who gets a task, where a position belongs, what a turn and an hour came to, draws."""
