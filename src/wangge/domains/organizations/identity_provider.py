"""Sign-in through the city's identity provider (OpenID Connect), by setting: it finds people, it makes none.

The provider says who someone is; what he may do stays with his posts here. Beyond what the library checks
(signature, nonce, state), a token must be meant for this product and come from the named issuer, and the user
information must be about the person of the token (OpenID Connect Core 1.0, sections 3.1.3.7 and 5.3.2).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.db.models.functions import Lower
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from wangge.domains.organizations.models import Person


class ExistingPeopleBackend(OIDCAuthenticationBackend):  # type: ignore[misc]  # the library has no types
    """Matches the claim ``settings.OIDC_USERNAME_CLAIM`` to the user name of an active person."""

    def get_payload_data(self, token: Any, key: Any) -> dict[str, Any]:
        """The claims of a token whose signature fits; refused when meant for others or of another issuer."""
        payload: dict[str, Any] = super().get_payload_data(token, key)
        meant_for = payload.get("aud")
        audience = meant_for if isinstance(meant_for, list) else [meant_for]
        if settings.OIDC_RP_CLIENT_ID not in audience or payload.get("iss") != settings.OIDC_OP_ISSUER:
            raise SuspiciousOperation("the identity token is meant for others or comes from another issuer")
        return payload

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The provider's information about the person of the token, and no other."""
        claims: dict[str, Any] = super().get_userinfo(access_token, id_token, payload)
        if claims.get("sub") != payload.get("sub"):
            raise SuspiciousOperation("the user information is about another person than the token")
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Whether the claim that names the person is there."""
        return bool(self._username(claims))

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[Person]:
        """The active person of this user name: one or none, letter case aside."""
        named = Person.objects.annotate(folded=Lower("username")).filter(
            folded=self._username(claims).lower(), is_active=True
        )
        return named if self._username(claims) else named.none()

    def create_user(self, claims: dict[str, Any]) -> None:
        """Nobody is made here: the system administrator makes people."""

    def describe_user_by_claims(self, claims: dict[str, Any]) -> str:
        """How the log names someone who was not found."""
        return "a person unknown here"

    @staticmethod
    def _username(claims: dict[str, Any]) -> str:
        return str(claims.get(settings.OIDC_USERNAME_CLAIM) or "").strip()
