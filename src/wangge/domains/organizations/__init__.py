"""Districts, departments, posts, people, shifts and access: who may act, and what was seen and done."""
