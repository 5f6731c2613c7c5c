"""The command hall's wall: one dark page read from afar, which renews itself for days."""
