"""The form of a self-check, for the patient's page and for staff who ask by telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from needlepoint.actions import followup
from needlepoint.core.outcomes.triage import Trend, Urgency

if TYPE_CHECKING:
    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.followup import Asked
    from needlepoint.core.outcomes.triage import Sign
    from needlepoint.records.models import Clinic, TreatmentSession

LONGEST_WORDS: Final = 2000

HEADINGS: Final = {
    Urgency.RED: "Danger signs",
    Urgency.AMBER: "Signs that we want to see on the same day",
    Urgency.YELLOW: "Changes that come slowly",
}
TRENDS: Final = {Trend.BETTER: "Better", Trend.SAME: "The same", Trend.WORSE: "Worse"}
# How a word of urgency is shown: the class of the notice, the icon, the word.
SHOWN: Final = {
    Urgency.RED.value: ("stop", "⚠", "At once"),
    Urgency.AMBER.value: ("caution", "◷", "Today"),
    Urgency.YELLOW.value: ("note", "☎", "Within two days"),
    Urgency.NONE.value: ("", "–", "No sign reported"),
}


EMERGENCY: Final = {"US": "911", "CA": "911", "GB": "999"}
EMERGENCY_ELSEWHERE: Final = "112"


def emergency_number(clinic: Clinic | None) -> str:
    """Give the emergency number to offer on a button, by where the clinic is; the words name the others too."""
    return EMERGENCY.get(clinic.premises[:2] if clinic else "", EMERGENCY_ELSEWHERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group of signs on the page, with what was ticked before."""

    id: str
    heading: str
    signs: tuple[tuple[Urgency, Sign, bool], ...]
    none: bool
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A self-check as it is shown, with what was typed and what is missing."""

    asked: Asked
    groups: tuple[Group, ...]
    trends: tuple[tuple[str, str, bool], ...]
    trend_error: str
    words: str
    longest: int = LONGEST_WORDS

    @property
    def incomplete(self) -> bool:
        """Say whether an answer is missing."""
        return bool(self.trend_error) or any(group.error for group in self.groups)


def form(request: HttpRequest, session: TreatmentSession, *, missing: followup.Incomplete | None = None) -> Form:
    """Build the form of today with what was sent last."""
    asked = followup.asked(session, on=timezone.localdate())
    ticked, none = set(request.POST.getlist("sign")), set(request.POST.getlist("none_of"))
    silent = missing.groups if missing else ()
    return Form(
        asked=asked,
        groups=tuple(
            Group(
                id=group.value,
                heading=HEADINGS[group],
                signs=tuple((group, sign, sign.id in ticked) for sign in signs),
                none=group.value in none,
                error="Please tick what you notice, or “None of these”." if group in silent else "",
            )
            for group, signs in asked.groups
        ),
        trends=tuple((trend.value, label, request.POST.get("trend") == trend.value) for trend, label in TRENDS.items()),
        trend_error="Please choose one." if missing and missing.trend else "",
        words=request.POST.get("words", ""),
    )


def send(request: HttpRequest, session: TreatmentSession, *, by: Actor) -> None:
    """Hand a form that was sent to the clinic; raises Incomplete when an answer is missing."""
    trend = request.POST.get("trend", "")
    followup.report(
        session,
        signs=frozenset(request.POST.getlist("sign")),
        none_of=frozenset(request.POST.getlist("none_of")),
        words=request.POST.get("words", "")[:LONGEST_WORDS],
        trend=Trend(trend) if trend in set(Trend) else None,
        by=by,
        at=timezone.now(),
        on=timezone.localdate(),
    )
