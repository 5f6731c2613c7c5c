"""The questions to the hotline."""
