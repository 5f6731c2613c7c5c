"""What people and other systems touch."""
