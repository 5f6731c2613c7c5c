"""The writers of answers to citizens."""
