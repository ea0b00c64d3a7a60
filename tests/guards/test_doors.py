"""Who may enter where: every address against every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from needlepoint.actions.access import PERMITS, Act
from needlepoint.records.models import Role

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
