"""Messages inside the product: one row per person or shared inbox and fact, read or not."""
