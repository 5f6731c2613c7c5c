"""System administration 系统管理: people and posts, who may do what, the rules in force, the audit log."""
