"""The tables of organizations and access, re-exported under one name."""

from wangge.domains.organizations.models.access import AccessToken, AuditKind, AuditRecord, TokenScope
from wangge.domains.organizations.models.people import Person, PostHolding, ShiftTurn
from wangge.domains.organizations.models.public_doors import DoorDecision, PublicDoor
from wangge.domains.organizations.models.units import Department, DepartmentKind, District

__all__ = [
    "AccessToken",
    "AuditKind",
    "AuditRecord",
    "Department",
    "DepartmentKind",
    "District",
    "DoorDecision",
    "Person",
    "PostHolding",
    "PublicDoor",
    "ShiftTurn",
    "TokenScope",
]
