"""The JSON API for the field app, the hotline and partner systems."""
