"""Reports of other cities and systems, read by a declarative mapping into values this city can take in."""
