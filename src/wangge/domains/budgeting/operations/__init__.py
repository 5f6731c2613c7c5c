"""The only writers of budget execution."""
