"""Findings 疑点: one per cause, with the smallest repair that makes the paper tie."""
