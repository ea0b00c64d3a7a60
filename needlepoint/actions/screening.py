"""Screening a course on a day, kept word for word; and what of it still stands after physicians have decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.case import NotDecidable, Setting, case_of, document_of
from needlepoint.actions.fact_words import in_words
from needlepoint.actions.knowledge import adopted
from needlepoint.actions.questionnaire import subject_label
from needlepoint.core.screening.plain import plain
from needlepoint.core.screening.screen import screen
from needlepoint.core.terms import Verdict, gravest
from needlepoint.records.models import Answer, Override, Screening

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.knowledge import AdoptionState
    from needlepoint.records.models import Course

STOPPING: Final = frozenset({Verdict.REFER, Verdict.DEFER, Verdict.CONTRAINDICATED})
EXCLUDING: Final = frozenset({Verdict.AVOID_AREA, Verdict.DEFER, Verdict.CONTRAINDICATED})
PAST_SHOWN: Final = 20


@transaction.atomic
def screen_course(
    course: Course,
    *,
    on: date,
    device: str,
    operator: str,
    depth_mm: float | None = None,
    anaesthetic: str | None = None,
    by: Actor,
    at: datetime,
) -> Screening:
    """Put the case of a course to the rules and keep question and answer word for word.

    Raises
    ------
    NotPermitted
        The role does not include screening.
    NotDecidable
        Something the rules need is missing or contradictory; the reasons are sentences.

    """
    access.require(Act.SCREEN, by=by)
    setting = Setting(on=on, operator=operator, device=device, depth_mm=depth_mm, anaesthetic=anaesthetic)
    if device not in knowledge.load().vocabulary.devices:
        raise NotDecidable("Choose a device of the list.")
    document = document_of(course, setting)
    result = screen(case_of(document), knowledge.rules_on(on))
    state = adopted()
    screening = Screening.objects.create(
        course=course,
        on=on,
        case=document,
        result=_as_shown(plain(result), document, state),
        verdict=result.verdict.value,
        not_before=result.not_before,
        digest=result.knowledge_digest,
        adoption=state.adoption if state.state in ("part", "whole") else None,
        by=by.member,
        at=at,
    )
    audit.record(
        "screen", by=by, at=at, patient=course.patient, subject=screening, verdict=screening.verdict, on=on.isoformat()
    )
    return screening


def _as_shown(result: dict[str, Any], document: dict[str, Any], state: AdoptionState) -> dict[str, Any]:
    """Add every word the page and its print need, so that it reads the same when the knowledge has changed."""
    known = knowledge.load()
    names = known.vocabulary
    anaesthetic = document["anaesthetic"]
    return {
        **result,
        "findings": [_finding_as_shown(finding, known, state) for finding in result["findings"]],
        "questions": [
            {
                "id": id_,
                "ask": known.question[id_].ask,
                "asked_of": known.question[id_].asked_of,
                "subject": subject_label(id_, asked_of=known.question[id_].asked_of),
            }
            for id_ in result["missing"]
        ],
        "adopted": {"state": state.state, "words": state.words},
        "planned": list(names.expand(document["areas"])),
        "words": {
            "verdicts": dict(names.verdicts),
            "areas": {area: names.areas[area].label for area in names.expand(document["areas"])},
            "device": names.devices[document["device"]].label,
            "operator": names.operators[document["operator"]],
            "indication": names.indications[document["indication"]].label,
            "anaesthetic": names.anaesthetics[anaesthetic].label if anaesthetic else None,
        },
    }


def _finding_as_shown(finding: dict[str, Any], known: knowledge.Knowledge, state: AdoptionState) -> dict[str, Any]:
    card = known.cards[finding["card"]]
    rows = [known.rows[row] for row in finding["evidence"]]
    return {
        **finding,
        "adopted": state.covers(card.id),
        "why": finding["because"].partition(" In this case: ")[0],
        "in_this_case": [in_words(fact) for fact in finding["facts"]],
        "valid": {
            "from": card.valid_from.isoformat(),
            "to": card.valid_to.isoformat() if card.valid_to else None,
        },
        "fingerprint": card.fingerprint,
        "rows": [{"id": row.id, "grade": row.grade, "confidence": row.confidence} for row in rows],
        "cited": [{"key": cited.source.key, "at": cited.at, "grade": cited.grade} for cited in card.citations],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingState:
    """A finding as it was stored, and what became of it."""

    finding: dict[str, Any]
    override: Override | None
    confirmed: bool

    @property
    def card(self) -> str:
        """Give the id of its card."""
        return str(self.finding["card"])

    @property
    def verdict(self) -> Verdict:
        """Give its verdict as screened."""
        return Verdict(self.finding["verdict"])

    @property
    def needs_second(self) -> bool:
        """Say whether an override of it waits for a second person."""
        return self.override is not None and not self.stands_overridden

    @property
    def stands_overridden(self) -> bool:
        """Say whether it has been overridden for good."""
        return self.override is not None and (self.confirmed or self.verdict is not Verdict.CONTRAINDICATED)

    @property
    def stands(self) -> bool:
        """Say whether it still stands."""
        return not self.stands_overridden


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds of a screening after its overrides."""

    findings: tuple[FindingState, ...]
    verdict: Verdict
    not_before: date | None
    excluded_areas: tuple[str, ...]
    remaining_areas: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def overridden(self) -> bool:
        """Say whether a physician has decided against any finding."""
        return any(state.stands_overridden for state in self.findings)


def standing(screening: Screening) -> Standing:
    """Give which findings stand after overrides, and what follows from those together; at most one query."""
    result = screening.result
    overrides = {override.card: override for override in _overrides(screening)}
    states = tuple(
        FindingState(
            finding=finding,
            override=overrides.get(finding["card"]),
            confirmed=finding["card"] in overrides and hasattr(overrides[finding["card"]], "confirmation"),
        )
        for finding in result["findings"]
    )
    left = [state for state in states if state.stands]
    dates = [date.fromisoformat(state.finding["not_before"]) for state in left if state.finding["not_before"]]
    excluded = {area for state in left if state.verdict in EXCLUDING for area in state.finding["areas"]}
    planned = tuple(result["planned"])
    return Standing(
        findings=states,
        verdict=gravest([*(state.verdict for state in left), *([Verdict.ASK] if result["missing"] else [])]),
        not_before=max(dates, default=None),
        excluded_areas=tuple(area for area in planned if area in excluded),
        remaining_areas=tuple(area for area in planned if area not in excluded),
        missing=tuple(result["missing"]),
    )


def _overrides(screening: Screening) -> Sequence[Override]:
    if "overrides" in getattr(screening, "_prefetched_objects_cache", {}):
        return list(screening.overrides.all())
    return list(screening.overrides.select_related("by", "confirmation__by"))


def obstacles(screening: Screening, *, on: date) -> tuple[str, ...]:
    """Give in sentences why no session may be held on a day by this screening; none when it may."""
    return (*outdated(screening, on=on), *reasons_against(standing(screening)))


def outdated(screening: Screening, *, on: date) -> Iterable[str]:
    """Give in sentences what makes a screening count no more on a day; two queries."""
    if screening.on != on:
        yield f"The screening is for {spoken(screening.on)}; a session needs one of its own day."
    if Screening.objects.filter(course_id=screening.course_id, on=screening.on, id__gt=screening.pk).exists():
        yield "This course was screened again for the same day; the newer screening counts."
    newer = Answer.objects.filter(patient_id=screening.course.patient_id, at__gt=screening.at, answered_on__lte=on)
    if newer.exists():
        yield "Answers were given or changed after the screening; screen again."


def reasons_against(state: Standing) -> Iterable[str]:
    """Give in sentences what speaks against a session, out of the findings that stand and what is missing."""
    if state.missing:
        count = len(state.missing)
        yield f"{count} question{'s are' if count > 1 else ' is'} not answered for that day."
    for left in state.findings:
        if left.stands and left.verdict in STOPPING:
            yield _sentence(left)
    if state.findings and not state.remaining_areas:
        yield "No planned area remains."


def _sentence(left: FindingState) -> str:
    what = {
        Verdict.REFER: "a physician or the prescriber must decide first",
        Verdict.DEFER: "not now",
        Verdict.CONTRAINDICATED: "must not be done",
    }[left.verdict]
    if left.needs_second:
        what += "; overridden, but no second person has confirmed it"
    until = left.finding["not_before"]
    when = f", not before {spoken(date.fromisoformat(until))}" if until else ""
    return f"{left.finding['title']}: {what}{when}."


def spoken(day: date) -> str:
    """Give a day as it is said: 3 December 2026."""
    return f"{day.day} {day:%B %Y}"


def find_screening(pk: int) -> Screening:
    """Give a screening with its patient, its author and its overrides.

    Raises
    ------
    NoSuchRecord
        There is none under this number.

    """
    found = (
        Screening.objects.select_related("course__patient", "by", "adoption__by")
        .prefetch_related("overrides__by", "overrides__confirmation__by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NoSuchRecord("screening")
    return found


@transaction.atomic
def read_screening(pk: int, *, by: Actor, at: datetime) -> Screening:
    """Give a screening, and record that this part of the chart was read."""
    access.require(Act.READ_CHART, by=by)
    screening = find_screening(pk)
    audit.record("read_chart", by=by, at=at, patient=screening.course.patient, subject=screening)
    return screening


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the list of a course's screenings shows of each."""

    screenings: tuple[Screening, ...]
    total: int


def past(course: Course) -> Past:
    """Give the newest screenings of a course without their long texts, and how many there are."""
    rows = Screening.objects.filter(course=course).select_related("by").defer("case", "result")
    newest = tuple(rows[:PAST_SHOWN])
    return Past(screenings=newest, total=len(newest) if len(newest) < PAST_SHOWN else rows.count())
