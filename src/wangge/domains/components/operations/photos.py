"""Owns the pictures of a component: who sent them keeps them with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from wangge.domains.components.models import Component, ComponentPhoto
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.groundwork.attachments.operations import use_photos


def add_photos(*, code: str, photos: Sequence[str], by: Actor, at: datetime) -> int:
    """Keep pictures that ``by`` has sent with a component; answers how many it did not have yet."""
    with transaction.atomic():
        component = Component.objects.get(code=code)
        known = set(component.photos.filter(photo_id__in=photos).values_list("photo_id", flat=True))
        new = [photo for photo in dict.fromkeys(photos) if photo not in known]
        use_photos(ids=new, by=by.person_id or 0)
        ComponentPhoto.objects.bulk_create(
            ComponentPhoto(component=component, photo_id=photo, added_at=at, added_by_id=by.person_id) for photo in new
        )
        record(
            by=by, at=at, kind=AuditKind.SETTING, object_kind="component", object_key=code, detail={"photos": len(new)}
        )
    return len(new)
