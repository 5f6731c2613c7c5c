"""Answers to citizens in their own channel."""
