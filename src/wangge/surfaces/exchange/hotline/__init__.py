"""Files of the hotline: orders by CSV, for the day its line is down or before it is laid."""
