"""The shipped mappings of ledger imports, one TOML file each."""
