"""The words of the published account: our own sentences with slots, each printed figure under its id."""
