"""Owns every change of the register: imports, single corrections, the census and what it confirms."""
