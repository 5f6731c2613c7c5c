"""The only writers of patrol."""
