"""Pure thinking about ownership: which rule decides, what is wrong with a set, what history suggests."""
