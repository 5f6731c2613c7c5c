"""Pure thinking about components: their codes, and what an import would change; no Django, no database."""
