"""The subcommands of ``wangge`` that belong to the running of the whole: serve, migrate, check, backup, restore."""
