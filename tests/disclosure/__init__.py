"""Disclosure: narrative, annexes, the document in every format."""
