"""The pages of those who walk the grids: collectors and verifiers."""
