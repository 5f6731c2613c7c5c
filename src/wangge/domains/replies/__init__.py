"""Answers on their way to citizens: who is told of which step by which channel, and what became of it."""
