"""Owns every change of ownership: rule sets and their release, meeting decisions, the record of proposals."""
