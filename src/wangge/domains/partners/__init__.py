"""What is told to the systems of partners: who hears which steps of cases, and how far each has been told."""
