"""What the running city tells its watchers: figures, logs of requests, and its state as a whole."""
