"""Open311 GeoReport v2: other people's apps report and read through it, once a recorded decision has opened it."""
