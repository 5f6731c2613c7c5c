"""The papers of the repository: complete, true to the code, and in step with each other."""
