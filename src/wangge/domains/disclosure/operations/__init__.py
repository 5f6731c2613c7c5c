"""The only writers of published accounts."""
