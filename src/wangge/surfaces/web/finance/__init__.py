"""Pages of the finance staff: budget board, self-evaluation, the document that is published."""
