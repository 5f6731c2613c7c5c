"""A warehouse of facts in Parquet: files that are appended and never rewritten, under manifests of their hashes."""
