"""Pure thinking on figures: definitions, counting, rates, bands, periods, scores."""
