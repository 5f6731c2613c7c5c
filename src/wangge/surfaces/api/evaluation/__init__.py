"""Evaluation over the API: what is published, and the way from a figure to its cases."""
