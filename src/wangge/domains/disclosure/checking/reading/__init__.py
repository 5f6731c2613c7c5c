"""Reading of a paper in any of its formats into one stream of paragraphs and grids."""
