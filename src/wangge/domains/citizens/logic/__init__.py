"""The pure part of the public door: query codes, marks that say nothing, limits. No Django, no clock, no database."""
