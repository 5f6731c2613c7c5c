"""The only writers of organizations, one module per family of verbs."""
