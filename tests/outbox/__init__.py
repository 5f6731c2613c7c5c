"""The outbox: facts appended and delivered."""
