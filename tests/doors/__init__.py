"""What holds for every door alike."""
