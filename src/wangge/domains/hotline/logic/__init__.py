"""The pure part of the hotline: clocks of an order, acts allowed in a state."""
