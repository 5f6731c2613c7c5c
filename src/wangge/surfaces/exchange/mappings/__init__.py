"""The mappings of foreign reports that come with the product, as TOML files (docs/import-mappings.md)."""
