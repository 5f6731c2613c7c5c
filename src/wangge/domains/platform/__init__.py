"""The centre's own system: how long it has run without a fault, and what was done to keep it."""
