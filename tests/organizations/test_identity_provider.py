"""The city's identity provider says who someone is; it makes nobody, and only tokens meant for us count."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import SuspiciousOperation
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from wangge.domains.organizations.identity_provider import ExistingPeopleBackend
from wangge.domains.organizations.models import Person
from wangge.project.environment import Environment
from wangge.project.environment_mistakes import mistakes_in

GOOD = {"aud": "wangge", "iss": "https://id.example.org", "sub": "7"}


@pytest.fixture
def backend(settings: Any) -> ExistingPeopleBackend:
    settings.OIDC_OP_TOKEN_ENDPOINT = settings.OIDC_OP_USER_ENDPOINT = "https://id.example.org/x"
    settings.OIDC_OP_JWKS_ENDPOINT = "https://id.example.org/keys"
    settings.OIDC_RP_CLIENT_ID = "wangge"
    settings.OIDC_RP_CLIENT_SECRET = "secret"
    settings.OIDC_RP_SIGN_ALGO = "RS256"
    settings.OIDC_OP_ISSUER = "https://id.example.org"
    settings.OIDC_USERNAME_CLAIM = "preferred_username"
    return ExistingPeopleBackend()


def found(backend: ExistingPeopleBackend, claim: object) -> list[str]:
    return [person.username for person in backend.filter_users_by_claims({"preferred_username": claim})]


def test_a_person_is_matched_by_user_name_in_any_letter_case(backend: ExistingPeopleBackend, person: Person) -> None:
    assert found(backend, "ZHANG") == ["zhang"]


def test_somebody_unknown_is_matched_to_nobody_and_not_made(backend: ExistingPeopleBackend, person: Person) -> None:
    assert found(backend, "stranger") == []
    backend.create_user({"preferred_username": "stranger"})
    assert Person.objects.count() == 1


@pytest.mark.parametrize("claim", [None, "", "  "])
def test_a_claim_that_names_nobody_is_refused(backend: ExistingPeopleBackend, person: Person, claim: object) -> None:
    assert found(backend, claim) == []
    assert not backend.verify_claims({"preferred_username": claim})


def test_a_person_no_longer_active_is_not_matched(backend: ExistingPeopleBackend, person: Person) -> None:
    Person.objects.update(is_active=False)
    assert found(backend, "zhang") == []


@pytest.mark.parametrize(
    ("changes", "good"),
    [({}, True), ({"aud": ["other", "wangge"]}, True), ({"aud": "other"}, False), ({"iss": "https://evil"}, False)],
)
def test_only_a_token_for_us_from_the_named_issuer_counts(
    backend: ExistingPeopleBackend, changes: dict[str, Any], good: bool
) -> None:
    with patch.object(OIDCAuthenticationBackend, "get_payload_data", return_value={**GOOD, **changes}):
        if good:
            assert backend.get_payload_data("token", "key")["sub"] == "7"
        else:
            with pytest.raises(SuspiciousOperation):
                backend.get_payload_data("token", "key")


@pytest.mark.parametrize(("sub", "good"), [("7", True), ("8", False), (None, False)])
def test_the_user_information_is_about_the_person_of_the_token(
    backend: ExistingPeopleBackend, sub: str | None, good: bool
) -> None:
    with patch.object(OIDCAuthenticationBackend, "get_userinfo", return_value={"sub": sub}):
        if good:
            assert backend.get_userinfo("a", "i", GOOD) == {"sub": "7"}
        else:
            with pytest.raises(SuspiciousOperation):
                backend.get_userinfo("a", "i", GOOD)


def test_a_provider_half_set_is_refused_naming_what_is_missing() -> None:
    (line,) = mistakes_in(Environment(oidc_issuer="https://id", oidc_client_id="wangge"))
    assert "WANGGE_OIDC_KEYS_URL" in line
    assert "WANGGE_OIDC_ISSUER" not in line
