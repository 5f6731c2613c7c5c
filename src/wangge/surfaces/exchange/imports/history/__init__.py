"""Whole histories of other systems: cases with their steps, photos and codes, as vendors export them."""
