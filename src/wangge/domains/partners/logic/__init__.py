"""Thinking about messages to partners: no Django, clock or database."""
