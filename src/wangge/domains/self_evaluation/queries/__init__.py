"""Questions to the self-evaluation, and the sources that facts are counted from."""
