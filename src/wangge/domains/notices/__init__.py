"""Messages to people inside the product: one row per person and fact, read or not."""
