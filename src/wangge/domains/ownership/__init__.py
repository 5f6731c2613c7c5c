"""Owns who is competent for what and where 权属库: rule sets, drafted, checked and released, and proposals made."""
