"""Tests of working time: deadlines, counted minutes, calendars, amounts, and the two commands."""
