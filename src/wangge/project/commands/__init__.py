"""The subcommands of ``wangge``: they open the city, make one call of what they front, and print."""
