"""Orders of the hotline: their clocks, their door, their pages."""
