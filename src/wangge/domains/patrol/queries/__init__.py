"""The questions about patrol."""
