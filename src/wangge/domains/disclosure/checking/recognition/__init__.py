"""Recognition: which table, row and column, which figure of the narrative a printed text is, and how sure that is."""
