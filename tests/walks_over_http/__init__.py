"""The worked walks of the closed loop, driven over HTTP."""
