"""Deciding against a finding: a physician with a reason, of a contraindication a second person too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from needlepoint.actions.access import NotPermitted
from needlepoint.actions.override import (
    AlreadyOverridden,
    NoSecondNeeded,
    NothingToOverride,
    OverrideRefused,
    ReasonMissing,
    SamePerson,
    confirm_override,
    override,
    reported,
)
from needlepoint.actions.screening import find_screening, obstacles, standing
from needlepoint.records.models import AuditEvent, Override, Role, Screening
from tests.people import NOW, TODAY, actor, make_screening

pytestmark = pytest.mark.django_db

ISOTRETINOIN: dict[str, Any] = {"isotretinoin_last_dose": (TODAY - timedelta(days=30)).isoformat()}
KELOID: dict[str, Any] = {"keloid_own": True}


def verdicts(screening: Screening) -> dict[str, str]:
    return {finding["card"]: finding["verdict"] for finding in screening.result["findings"]}


def gravest_card(screening: Screening) -> str:
    return str(screening.result["findings"][0]["card"])


def test_a_physician_overrides_a_deferral_with_a_reason_and_the_day_is_free() -> None:
    screening = make_screening(answers=ISOTRETINOIN)
    assert obstacles(screening, on=TODAY)
    reason = " 0.25 mm only, weighed with the patient. "
    override(screening, card="isotretinoin_recent", reason=reason, by=actor(Role.PHYSICIAN), at=NOW)
    after = find_screening(screening.pk)
    state = standing(after)
    assert state.overridden
    assert state.not_before is None
    assert "isotretinoin_recent" not in {left.card for left in state.findings if left.stands}
    assert obstacles(after, on=TODAY) == ()
    assert after.verdict == "defer"
    event = AuditEvent.objects.get(act="override_finding")
    assert event.detail["reason"] == "0.25 mm only, weighed with the patient."


@pytest.fixture
def forbidden() -> Screening:
    """Give a screening with exactly one finding that must not be done."""
    screening = make_screening(answers=KELOID)
    graves = [card for card, verdict in verdicts(screening).items() if verdict == "contraindicated"]
    assert len(graves) == 1
    return screening


def test_an_override_of_a_contraindication_waits_for_a_second_person(forbidden: Screening) -> None:
    kept = override(forbidden, card=gravest_card(forbidden), reason="Because.", by=actor(Role.PHYSICIAN), at=NOW)
    waiting = standing(find_screening(forbidden.pk)).findings[0]
    assert waiting.needs_second
    assert waiting.stands
    assert any("no second person" in reason for reason in obstacles(find_screening(forbidden.pk), on=TODAY))
    confirm_override(kept, by=actor(Role.DIRECTOR), at=NOW)
    confirmed = standing(find_screening(forbidden.pk)).findings[0]
    assert not confirmed.stands
    assert not confirmed.needs_second
    assert not any("no second person" in reason for reason in obstacles(find_screening(forbidden.pk), on=TODAY))


def test_the_second_person_is_somebody_else(forbidden: Screening) -> None:
    kept = override(forbidden, card=gravest_card(forbidden), reason="Because.", by=actor(Role.PHYSICIAN), at=NOW)
    with pytest.raises(SamePerson):
        confirm_override(kept, by=actor(Role.PHYSICIAN), at=NOW)
    other = actor(Role.PHYSICIAN, username="second")
    confirm_override(kept, by=other, at=NOW)
    with pytest.raises(NoSecondNeeded):
        confirm_override(kept, by=actor(Role.DIRECTOR), at=NOW)


def test_only_a_contraindication_takes_a_second_person() -> None:
    screening = make_screening(answers=ISOTRETINOIN)
    kept = override(screening, card="isotretinoin_recent", reason="Because.", by=actor(Role.PHYSICIAN), at=NOW)
    with pytest.raises(NoSecondNeeded):
        confirm_override(kept, by=actor(Role.DIRECTOR), at=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PHYSICIAN])
def test_only_a_physician_overrides(role: Role) -> None:
    screening = make_screening(answers=ISOTRETINOIN)
    with pytest.raises(NotPermitted, match="To override a finding takes the role of physician"):
        override(screening, card="isotretinoin_recent", reason="Because.", by=actor(role), at=NOW)


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.ADMINISTRATOR])
def test_only_a_physician_or_the_director_confirms(role: Role, forbidden: Screening) -> None:
    kept = override(forbidden, card=gravest_card(forbidden), reason="Because.", by=actor(Role.PHYSICIAN), at=NOW)
    with pytest.raises(NotPermitted, match="director or physician"):
        confirm_override(kept, by=actor(role), at=NOW)


@pytest.mark.parametrize(
    ("card", "reason", "refused"),
    [
        ("isotretinoin_recent", "", ReasonMissing),
        ("isotretinoin_recent", " \n\t", ReasonMissing),
        ("keloid", "Because.", NothingToOverride),
        ("no_such_card", "Because.", NothingToOverride),
    ],
)
def test_an_override_needs_a_finding_and_a_reason(card: str, reason: str, refused: type[OverrideRefused]) -> None:
    screening = make_screening(answers=ISOTRETINOIN)
    with pytest.raises(refused):
        override(screening, card=card, reason=reason, by=actor(Role.PHYSICIAN), at=NOW)
    assert not Override.objects.exists()


def test_a_finding_is_overridden_once() -> None:
    screening = make_screening(answers=ISOTRETINOIN)
    override(screening, card="isotretinoin_recent", reason="Because.", by=actor(Role.PHYSICIAN), at=NOW)
    with pytest.raises(AlreadyOverridden):
        override(screening, card="isotretinoin_recent", reason="Again.", by=actor(Role.PHYSICIAN), at=NOW)


def test_a_new_screening_starts_without_the_overrides_of_the_old_one() -> None:
    first = make_screening(answers=ISOTRETINOIN)
    override(first, card="isotretinoin_recent", reason="Because.", by=actor(Role.PHYSICIAN), at=NOW)
    second = make_screening(first.course)
    assert standing(second).verdict == "defer"


def test_overrides_are_reported_back_under_their_card_with_their_reasons(forbidden: Screening) -> None:
    card = gravest_card(forbidden)
    physician = actor(Role.PHYSICIAN)
    override(forbidden, card=card, reason="Seen by a dermatologist.", by=physician, at=NOW)
    told = reported(card, by=actor(Role.THERAPIST), at=NOW)
    assert (told.count, told.waiting, [one.reason for one in told.newest]) == (1, 1, ["Seen by a dermatologist."])
    confirm_override(told.newest[0], by=actor(Role.DIRECTOR), at=NOW)
    assert reported(card, by=physician, at=NOW).waiting == 0
    assert reported("keloid_family", by=physician, at=NOW).count == 0
    assert AuditEvent.objects.filter(act="read_overrides", detail__card=card).count() == 2


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_may_not_read_charts_learns_only_how_often(role: str, forbidden: Screening) -> None:
    card = gravest_card(forbidden)
    override(forbidden, card=card, reason="Seen by a dermatologist.", by=actor(Role.PHYSICIAN), at=NOW)
    told = reported(card, by=actor(role), at=NOW)
    assert (told.count, told.newest) == (1, ())
    assert told.refusal is not None
