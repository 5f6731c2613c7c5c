"""Owns simulated cases: how many come when, what each is about, how each goes, and their writing in bulk."""
