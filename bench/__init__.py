"""Benchmarks: our figures beside the machine's own limits of the same run. Never part of the tests."""
