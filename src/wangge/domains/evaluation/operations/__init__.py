"""The writers of evaluation."""
