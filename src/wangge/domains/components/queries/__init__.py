"""Questions to the register: one component, what is near a point, lists, figures of an import."""
