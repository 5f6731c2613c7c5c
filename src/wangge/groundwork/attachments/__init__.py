"""Owns photos: taking them in, sealing the originals, copies for others, and which of them are in use."""
