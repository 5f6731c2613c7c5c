"""Owns the refusals of patrol; each text says what to do."""

from __future__ import annotations

from wangge.domains.organizations.policies import Refused


class PatrolRefused(Refused):
    """An order to patrol is refused."""
