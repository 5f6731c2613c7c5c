"""Calls at the seats: who rang when at which extension, what a call became, its recording."""
