"""Thinking about calls: no Django, clock or database."""
