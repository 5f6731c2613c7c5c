"""Owns the demo cities: their ground, people and pictures, generated from data and a seed."""
