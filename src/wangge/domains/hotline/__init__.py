"""Orders of the hotline 12345 and of 马上就办: their own numbers, clocks and states, and the answers that go back."""
