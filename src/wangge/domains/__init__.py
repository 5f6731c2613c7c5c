"""What the city does; each domain looks only at those below it."""
