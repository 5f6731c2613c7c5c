"""A city that lives from a seed: people act on cases in any order, and simple auditors look at what is left behind."""
