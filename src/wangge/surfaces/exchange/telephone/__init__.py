"""The telephone exchange's side of the adapter, to try with."""
