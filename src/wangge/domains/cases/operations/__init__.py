"""The only writers of cases, one module per family of verbs."""
