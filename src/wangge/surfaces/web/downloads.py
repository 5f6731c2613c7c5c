"""The name under which a file is kept: in the words of its reader, with a plain one for whoever reads no such names."""

from __future__ import annotations

from django.utils.encoding import iri_to_uri


def attachment(plain: str, name: str) -> str:
    """The Content-Disposition of a file; ``plain`` is in ASCII."""
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{iri_to_uri(name)}"
