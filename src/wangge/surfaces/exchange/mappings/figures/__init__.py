"""Mappings of an old system's printed monthly figures: samples to be copied and adapted."""
