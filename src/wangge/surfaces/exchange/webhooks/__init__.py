"""Messages to partners over HTTP: where they may go, and a receiver to try them with."""
