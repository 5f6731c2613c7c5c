"""Desks: cases in hand, kept views, handovers."""
