"""Desks of the centre: which seat has a case in hand, views and texts a person keeps, the handover of a shift."""
