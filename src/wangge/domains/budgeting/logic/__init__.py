"""Budget execution thought through without a database: facts, entries, proofs, records."""
