"""Which patients a change of the knowledge touches, or a single card: every open course as it was screened last."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Max

from needlepoint import knowledge
from needlepoint.actions import access, audit, jobs
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.case import NotDecidable, case_of
from needlepoint.actions.jobs import GivenUp
from needlepoint.core.screening.columnar import screen_population
from needlepoint.core.screening.population import encode
from needlepoint.knowledge.answers import AnswerError
from needlepoint.knowledge.fields import Unfit
from needlepoint.knowledge.loader import Knowledge, read
from needlepoint.knowledge.rulebook import rulebook
from needlepoint.records.models import AdoptedFile, KnowledgeAdoption, KnowledgeReview, Screening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.jobs import Job
    from needlepoint.core.case import Case

AT_A_TIME: Final = 500
SHOWN_AT_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """What a set of rules says of one case."""

    verdict: str
    cards: tuple[str, ...]
    not_before: str | None
    missing: tuple[str, ...]


class NotRebuilt(Exception):
    """An adopted set cannot be read any more; the words say why."""


def rebuild(adoption: KnowledgeAdoption) -> Knowledge:
    """Read an adopted set out of what was kept of it.

    Raises
    ------
    NotRebuilt
        Its files were not kept, or this version of the program cannot read them.

    """
    files = dict(AdoptedFile.objects.filter(adoption=adoption).values_list("name", "text__text"))
    if not files:
        raise NotRebuilt("That adoption was made before the program kept what it adopted.")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        try:
            return read(Path(folder))
        except Unfit as fault:
            raise NotRebuilt(f"This version of the program cannot read the adopted set ({fault}).") from fault


@transaction.atomic
def begin(*, card: str = "", adoption: KnowledgeAdoption | None = None, by: Actor, at: datetime) -> KnowledgeReview:
    """Have looked up in the background whom a card touches, or what would change against an adopted set.

    Raises
    ------
    NotPermitted
        The role does not include it.
    NoSuchRecord
        There is no such card.

    """
    access.require(Act.REVIEW_KNOWLEDGE, by=by)
    known = knowledge.load()
    if card and card not in known.cards:
        raise NoSuchRecord("card")
    review = KnowledgeReview.objects.create(card=card, adoption=adoption, digest=known.digest, by=by.member, at=at)
    audit.record("begin_review", by=by, at=at, subject=review, card=card, digest=known.digest)
    jobs.have_reviewed(review)
    return review


def find_review(pk: int) -> KnowledgeReview:
    """Give a review as it stands.

    Raises
    ------
    NoSuchRecord
        There is none under this number.

    """
    found = KnowledgeReview.objects.select_related("by", "adoption__by").filter(pk=pk).first()
    if found is None:
        raise NoSuchRecord("review")
    return found


def latest(*, card: str = "", adoption: KnowledgeAdoption | None = None) -> KnowledgeReview | None:
    """Give the newest review of this question against the knowledge in use."""
    rows = KnowledgeReview.objects.filter(card=card, digest=knowledge.load().digest)
    return rows.filter(adoption=adoption).select_related("by").first()


@transaction.atomic
def read_review(pk: int, *, by: Actor, at: datetime) -> tuple[KnowledgeReview, list[dict[str, Any]]]:
    """Give a review with the screenings it names, and record that they were read."""
    access.require(Act.REVIEW_KNOWLEDGE, by=by)
    review = find_review(pk)
    told: list[dict[str, Any]] = (review.result or {}).get("touched", [])
    rows = Screening.objects.select_related("course__patient").defer("case", "result")
    named = rows.in_bulk([one["screening"] for one in told])
    shown = [{**one, "screening": named[one["screening"]]} for one in told if one["screening"] in named]
    if shown:
        audit.record("read_review", by=by, at=at, subject=review, patients=len(shown))
    return review, shown


def review(job: Job, progress: Callable[[float], None]) -> dict[str, Any]:
    """Give whom the question of a review touches."""
    assert isinstance(job, KnowledgeReview)  # noqa: S101 - the queue hands reviews to this function only
    now = knowledge.load()
    if job.digest != now.digest:
        raise GivenUp("The knowledge has changed since this was asked. Ask again.")
    before = _before(job)
    progress(0.0)
    ids = _last_screenings()
    touched: list[dict[str, Any]] = []
    count = unread = 0
    for place in range(0, len(ids), AT_A_TIME):
        part = _part(ids[place : place + AT_A_TIME])
        unread += len(ids[place : place + AT_A_TIME]) - len(part)
        for one in _touched(job.card, part, before, now):
            count += 1
            if len(touched) < SHOWN_AT_MOST:
                touched.append(one)
        progress(min(1.0, (place + AT_A_TIME) / max(1, len(ids))))
    return {"looked_at": len(ids), "unread": unread, "count": count, "touched": touched}


def _before(job: KnowledgeReview) -> Knowledge | None:
    """Give the set to hold the one in use against; None for a single card."""
    if job.card:
        return None
    if job.adoption is None:
        raise GivenUp("Nothing was adopted yet, so there is nothing to compare with.")
    try:
        return rebuild(job.adoption)
    except NotRebuilt as fault:
        raise GivenUp(str(fault)) from fault


def _last_screenings() -> list[int]:
    newest = Screening.objects.filter(course__closed_at__isnull=True).values("course")
    return sorted(row["last"] for row in newest.annotate(last=Max("id")).order_by())


def _part(ids: Iterable[int]) -> list[tuple[int, Case]]:
    """Give the screenings that can still be put to the rules, as cases."""
    found = []
    for pk, document in Screening.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "case"):
        try:
            found.append((pk, case_of(document)))
        except (NotDecidable, AnswerError, KeyError):  # an answer, device or area that the set no longer knows
            continue
    return found


def _touched(
    card: str, part: Sequence[tuple[int, Case]], before: Knowledge | None, now: Knowledge
) -> Iterator[dict[str, Any]]:
    cases = [case for _, case in part]
    said = screened(cases, now)
    if before is None:
        for (pk, _), one in zip(part, said, strict=True):
            if card in one.cards:
                yield {"screening": pk, "new": one.verdict, "not_before": one.not_before}
        return
    for (pk, _), old, new in zip(part, screened(cases, before), said, strict=True):
        if old.verdict != new.verdict or old.not_before != new.not_before:
            yield {
                "screening": pk,
                "old": old.verdict,
                "new": new.verdict,
                "old_not_before": old.not_before,
                "not_before": new.not_before,
                "came": _titles(set(new.cards) - set(old.cards), now),
                "went": _titles(set(old.cards) - set(new.cards), before),
                "altered": _titles(_altered(set(old.cards) & set(new.cards), before, now), now),
                "asked": _asks(set(new.missing) - set(old.missing), now),
                "not_asked": _asks(set(old.missing) - set(new.missing), before),
            }


def _altered(cards: Iterable[str], before: Knowledge, now: Knowledge) -> list[str]:
    return [id_ for id_ in cards if before.cards[id_].fingerprint != now.cards[id_].fingerprint]


def _asks(questions: Iterable[str], known: Knowledge) -> list[str]:
    return [known.question[id_].ask for id_ in sorted(questions, key=list(known.question).index)]


def _titles(cards: Iterable[str], known: Knowledge) -> list[dict[str, str]]:
    return [{"card": id_, "title": known.cards[id_].title} for id_ in sorted(cards)]


def screened(cases: Sequence[Case], known: Knowledge) -> list[Said]:
    """Screen cases column by column with one set, each by the cards that hold on its day."""
    by_cards: dict[tuple[str, ...], list[int]] = {}
    days: dict[Any, tuple[str, ...]] = {}
    for place, case in enumerate(cases):
        if case.on not in days:
            days[case.on] = tuple(card.id for card in known.cards.values() if card.is_valid_on(case.on))
        by_cards.setdefault(days[case.on], []).append(place)
    said: dict[int, Said] = {}
    for ids, places in by_cards.items():
        rules = rulebook(known, tuple(known.cards[id_] for id_ in ids))
        frame = screen_population(encode([cases[place] for place in places], rules.area_order), rules)
        columns = (frame["verdict"], frame["cards"], frame["not_before"], frame["missing"])
        for place, verdict, cards, until, missing in zip(places, *(one.to_list() for one in columns), strict=True):
            said[place] = Said(verdict, tuple(cards), until.isoformat() if until else None, tuple(missing))
    return [said[place] for place in range(len(cases))]
