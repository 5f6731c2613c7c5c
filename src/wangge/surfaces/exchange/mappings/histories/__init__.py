"""History mappings that ship with the product: samples in the forms vendors export, to be copied and adapted."""
