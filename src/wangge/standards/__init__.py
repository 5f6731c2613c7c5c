"""What law and standards say, as dated data with source and confidence."""
