"""What happened, waiting to be told: facts of a transaction, delivered once it stands."""
