"""Owns the city's ground: areas with their borders over time, who walks which grid, what lies where."""
