"""Deciding against a finding: a physician with a reason, and of a contraindication a second person too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.core.terms import Verdict
from needlepoint.records.models import Override, OverrideConfirmation

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Screening

LONGEST_REASON: Final = 4000
REPORTED_AT_MOST: Final = 50


class OverrideRefused(Exception):
    """An override or its confirmation cannot be; the message says why."""


class ReasonMissing(OverrideRefused):
    """No reason was given."""

    def __init__(self) -> None:
        super().__init__("Say why: an override without a reason is not kept.")


class NothingToOverride(OverrideRefused):
    """The screening has no such finding, or it stops nothing."""

    def __init__(self) -> None:
        super().__init__("This screening has no finding of that card that could be overridden.")


class AlreadyOverridden(OverrideRefused):
    """Somebody did so before."""

    def __init__(self) -> None:
        super().__init__("This finding was overridden already.")


class SamePerson(OverrideRefused):
    """Whoever overrode a finding cannot be the second person too."""

    def __init__(self) -> None:
        super().__init__("The second person must be somebody else than the physician who overrode the finding.")


class NoSecondNeeded(OverrideRefused):
    """Only the override of a contraindication takes a second person, and only one."""

    def __init__(self) -> None:
        super().__init__("This override needs no second person, or has one.")


@transaction.atomic
def override(screening: Screening, *, card: str, reason: str, by: Actor, at: datetime) -> Override:
    """Decide against the finding of a card in one screening, with a reason.

    Raises
    ------
    NotPermitted
        Only a physician may.
    OverrideRefused
        There is no such finding, no reason, or it was overridden already.

    """
    access.require(Act.OVERRIDE, by=by)
    if not reason.strip():
        raise ReasonMissing
    verdicts = {finding["card"]: finding["verdict"] for finding in screening.result["findings"]}
    if verdicts.get(card, Verdict.CLEAR) == Verdict.CLEAR:
        raise NothingToOverride
    kept, new = Override.objects.get_or_create(
        screening=screening,
        card=card,
        defaults={"verdict": verdicts[card], "reason": reason.strip()[:LONGEST_REASON], "by": by.member, "at": at},
    )
    if not new:
        raise AlreadyOverridden
    audit.record(
        "override_finding",
        by=by,
        at=at,
        patient=screening.course.patient,
        subject=screening,
        card=card,
        verdict=kept.verdict,
        reason=kept.reason,
    )
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """How often a card was overridden; the decisions themselves only for whoever may read charts."""

    count: int
    waiting: int
    newest: tuple[Override, ...]
    refusal: str | None


@transaction.atomic
def reported(card: str, *, by: Actor, at: datetime) -> Reported:
    """Give what physicians decided against a card, the newest first, with their reasons and without patients' names."""
    access.require(Act.READ_KNOWLEDGE, by=by)
    rows = Override.objects.filter(card=card)
    refused = access.refusal(Act.READ_CHART, by=by)
    newest: tuple[Override, ...] = ()
    if refused is None:
        newest = tuple(rows.select_related("by", "confirmation__by", "screening").order_by("-id")[:REPORTED_AT_MOST])
    if newest:
        audit.record("read_overrides", by=by, at=at, card=card, read=len(newest))
    unconfirmed = rows.filter(verdict=Verdict.CONTRAINDICATED.value, confirmation__isnull=True)
    return Reported(count=rows.count(), waiting=unconfirmed.count(), newest=newest, refusal=refused)


def find_override(pk: int) -> Override:
    """Give an override with its screening and patient.

    Raises
    ------
    NoSuchRecord
        There is none under this number.

    """
    found = Override.objects.select_related("screening__course__patient", "by").filter(pk=pk).first()
    if found is None:
        raise NoSuchRecord("override")
    return found


@transaction.atomic
def confirm_override(override: Override, *, by: Actor, at: datetime) -> OverrideConfirmation:
    """Confirm another person's override of a contraindication.

    Raises
    ------
    NotPermitted
        Only a physician or the director may.
    OverrideRefused
        It is one's own, needs no second person, or has one.

    """
    access.require(Act.CONFIRM_OVERRIDE, by=by)
    if override.verdict != Verdict.CONTRAINDICATED:
        raise NoSecondNeeded
    if override.by_id == by.member.pk:
        raise SamePerson
    confirmation, new = OverrideConfirmation.objects.get_or_create(
        override=override, defaults={"by": by.member, "at": at}
    )
    if not new:
        raise NoSecondNeeded
    audit.record(
        "confirm_override",
        by=by,
        at=at,
        patient=override.screening.course.patient,
        subject=override.screening,
        card=override.card,
    )
    return confirmation
