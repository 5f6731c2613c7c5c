"""Owns the pages of the office: what the system administrator keeps."""
