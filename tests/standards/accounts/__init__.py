"""Tests of the accounts' tables, the names of their cells and the language of their formulas."""
