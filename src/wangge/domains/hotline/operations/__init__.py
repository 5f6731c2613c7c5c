"""The only writers of the hotline."""
