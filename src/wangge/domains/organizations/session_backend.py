"""Who a session belongs to, asked in one statement together with whether a second factor was enrolled."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef, Q
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from wangge.domains.organizations.models import Person


class PersonBackend(ModelBackend):
    """Passwords as Django checks them; the person of a session with ``has_second_factor``."""

    def get_user(self, user_id: int) -> Person | None:
        """The active person of this id; one statement."""
        devices = (model.objects.filter(user=OuterRef("pk"), confirmed=True) for model in (TOTPDevice, StaticDevice))
        totp, recovery = (Exists(found) for found in devices)
        found = Person.objects.annotate(has_second_factor=Q(totp) | Q(recovery)).filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None
