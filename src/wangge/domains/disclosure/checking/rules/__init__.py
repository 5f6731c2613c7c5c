"""The rules on figures: expressions of the tables made into constraints over the cells of a paper, and weighed."""
