"""The API of those who are out: positions, reports in batches, photos in pieces."""
