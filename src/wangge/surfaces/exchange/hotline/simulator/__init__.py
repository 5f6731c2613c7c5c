"""The hotline's own system, as far as we meet it: for tests, for demonstrations, and for trying out a connection."""
