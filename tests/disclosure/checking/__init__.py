"""Tests of the check before publication."""
