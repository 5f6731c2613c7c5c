"""The pages of the responsible units."""
