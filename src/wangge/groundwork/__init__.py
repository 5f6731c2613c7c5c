"""Tools that know nothing of the city."""
