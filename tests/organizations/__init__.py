"""Organizations and access: people, posts, sign-in, the audit log."""
