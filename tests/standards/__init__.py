"""The ground: environment, embedded database, roles, commands that run the whole."""
