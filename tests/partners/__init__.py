"""Messages to the systems of partners."""
