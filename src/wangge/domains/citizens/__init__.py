"""The public door: who follows a case by a code, how often the public may send what, letters that are no cases."""
