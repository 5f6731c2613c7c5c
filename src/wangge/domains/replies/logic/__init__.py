"""Thinking about answers to citizens: no Django, clock or database."""
