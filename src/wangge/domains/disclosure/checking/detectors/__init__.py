"""Detectors: rules that an expression over cells cannot say. Each module registers its own by name."""
