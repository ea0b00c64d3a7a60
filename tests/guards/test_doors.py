"""Who may enter where: every address against every role."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from needlepoint.actions.access import PERMITS, Act, refusal_text
from needlepoint.records.models import Role
from tests.people import make_clinic, sign_in

OURS = ("public", "patient", "clinic")


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace in OURS:
                yield from addresses(entry, f"{entry.namespace}:")
        elif prefix:
            yield f"{prefix}{entry.name}", entry


ALL = dict(addresses(get_resolver()))


def test_there_are_addresses_in_every_room() -> None:
    assert {name.split(":")[0] for name in ALL} == set(OURS)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_address_says_who_may_enter(name: str) -> None:
    door = getattr(ALL[name].callback, "door", None)
    assert door == "all" or isinstance(door, Act), f"{name} has no door"
    if name.startswith("clinic:"):
        assert isinstance(door, Act)
        assert door is not Act.OWN_PAGES
    if name.startswith("patient:"):
        assert door is Act.OWN_PAGES


@pytest.mark.parametrize("act", list(Act))
def test_every_act_is_permitted_to_somebody_known(act: Act) -> None:
    assert PERMITS[act]
    assert PERMITS[act] <= {*Role.values, "patient"}


SAMPLES = {"ref": UUID(int=7), "pk": 987654, "secret": "no-such-secret", "day": 3, "subject": "today",
           "card": "no_such_card", "size": "thumb"}  # fmt: skip


def path_to(name: str, entry: URLPattern) -> str:
    converters = entry.pattern.converters
    given = {key: SAMPLES.get(key, 3 if isinstance(converters[key], IntConverter) else "none") for key in converters}
    if name.startswith("patient:"):
        given["secret"] = "no-such-secret"
    return reverse(name, kwargs=given)


def knock(client: Client, path: str) -> HttpResponse:
    """Open an address as a page, or send it a form when it takes nothing else."""
    answer = client.get(path)
    return client.post(path) if answer.status_code == 405 else answer  # type: ignore[return-value]  # the stubs say more


CLINIC = sorted(name for name in ALL if name.startswith("clinic:"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", CLINIC)
def test_every_clinic_address_lets_in_just_the_roles_of_the_table(name: str, role: str) -> None:
    make_clinic()
    act: Act = getattr(ALL[name].callback, "door")  # noqa: B009 — views carry it as an attribute no type knows
    answer = knock(sign_in(role), path_to(name, ALL[name]))
    if role in PERMITS[act]:
        assert answer.status_code in {200, 302, 400, 404, 409, 410, 422}
    else:
        assert answer.status_code == 403
        assert refusal_text(act, role) in unescape(answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("name", CLINIC)
def test_nobody_enters_the_clinic_without_signing_in(name: str) -> None:
    answer = knock(Client(), path_to(name, ALL[name]))
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name in ALL if name.startswith("patient:")))
def test_a_wrong_secret_opens_no_patients_page_whoever_is_signed_in(name: str) -> None:
    path = path_to(name, ALL[name])
    assert knock(Client(), path).status_code == 410
    assert knock(sign_in(Role.PHYSICIAN), path).status_code == 410
