"""Owns the register of components 部件: what stands where, whose it is on which day, its state, its census."""
