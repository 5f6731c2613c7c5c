"""Composition root: settings, addresses, who hears what, start-up checks, command line."""
