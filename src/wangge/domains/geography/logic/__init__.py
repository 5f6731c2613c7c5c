"""Owns the pure thinking about the ground: figures, codes, what an import would change, what moves with a border."""
