"""Blinded rating: two people rate shuffled pairs without dates, order or each other's ratings."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Count

from needlepoint.actions import access, audit, photographs
from needlepoint.actions.access import PERMITS, Act, NoSuchRecord
from needlepoint.core.outcomes.agreement import weighted_kappa
from needlepoint.core.outcomes.reliability import Interval, icc_2_1
from needlepoint.records.models import Photograph, Rating, RatingPair, RatingSet, TreatmentSession, User

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor

STEPS: Final = range(-3, 4)
FEWEST: Final = 3
SIDES: Final = ("left", "right")


class NoSet(Exception):
    """A set cannot be made like this; the words are for the person who asked for it."""


class NotYourSet(Exception):
    """Somebody rates who is not one of the two raters."""

    def __init__(self) -> None:
        super().__init__("Only the two raters of this set rate its pairs.")


class RatedAlready(Exception):
    """A pair is rated once by each rater; a rating is not changed."""

    def __init__(self) -> None:
        super().__init__("You have rated this pair already. A rating is not changed.")


class NoSuchStep(Exception):
    """No rating was chosen."""

    def __init__(self) -> None:
        super().__init__("Please choose how the two compare.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A first and a last photograph of one course and view."""

    before: Photograph
    after: Photograph
    label: str

    @property
    def key(self) -> str:
        """Give what names this pair in a form."""
        return f"{self.before.pk}-{self.after.pk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many pairs each rater has rated."""

    rater: User
    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the two found, once both are through: improvement of the later photograph, and how far they agree."""

    rows: tuple[tuple[RatingPair, int, int], ...]
    kappa: float | None
    icc: Interval
    same: int
    means: tuple[float, float]


def raters() -> list[User]:
    """Give who may rate."""
    return list(User.objects.filter(is_active=True, role__in=PERMITS[Act.RATE]).order_by("last_name", "username"))


def candidates() -> list[Candidate]:
    """Give the pairs that can be rated: of each course and view the last photograph before and the newest after."""
    firsts: dict[int, TreatmentSession] = {}
    for session in TreatmentSession.objects.filter(struck_at__isnull=True).order_by("-on"):
        firsts[session.course_id] = session
    groups: dict[tuple[int, str], list[Photograph]] = {}
    for photo in Photograph.objects.filter(course__in=firsts).select_related("course__patient"):
        groups.setdefault((photo.course_id, photo.view), []).append(photo)
    return [
        Candidate(before=early[-1], after=late[-1], label=f"{early[0].course}: {photographs.view_label(view)}")
        for (course, view), photos in groups.items()
        if (early := [photo for photo in photos if photo.taken_on <= firsts[course].on])
        and (late := [photo for photo in photos if photo.taken_on > firsts[course].on])
    ]


@transaction.atomic
def make_set(
    *,
    title: str,
    question: str,
    keys: Sequence[str],
    first: int | None,
    second: int | None,
    seed: int,
    by: Actor,
    at: datetime,
) -> RatingSet:
    """Shuffle pairs for two raters; the seed is kept, so that the shuffle can be shown to be one.

    Raises
    ------
    NoSet
        When title, pairs or raters do not do.

    """
    access.require(Act.SET_RATING, by=by)
    known = {candidate.key: candidate for candidate in candidates()}
    chosen = [known[key] for key in sorted(set(keys) & set(known))]
    pair = _checked_raters(first, second)
    if not title.strip() or not question.strip():
        raise NoSet("Please give the set a title and a question.")
    if len(chosen) < FEWEST:
        raise NoSet(f"Please choose at least {FEWEST} pairs.")
    made = RatingSet.objects.create(
        title=title.strip(), question=question.strip(), seed=seed, first_rater=pair[0], second_rater=pair[1],
        by=by.member, at=at,
    )  # fmt: skip
    for place, (candidate, later_left) in enumerate(shuffled(chosen, seed=seed), start=1):
        RatingPair.objects.create(
            of=made, place=place, before=candidate.before, after=candidate.after, later_left=later_left
        )
    audit.record("make_rating_set", by=by, at=at, subject=made, pairs=len(chosen), seed=seed)
    return made


def _checked_raters(first: int | None, second: int | None) -> tuple[User, User]:
    known = {user.pk: user for user in raters()}
    one, two = known.get(first or 0), known.get(second or 0)
    if one is None or two is None or one.pk == two.pk:
        raise NoSet("Please choose two different raters.")
    return one, two


def shuffled(chosen: Sequence[Candidate], *, seed: int) -> list[tuple[Candidate, bool]]:
    """Give the pairs in the order and with the sides that this seed makes."""
    chance = random.Random(seed)  # noqa: S311 - a shuffle that can be made again, not a secret
    order = list(chosen)
    chance.shuffle(order)
    return [(candidate, chance.random() < 0.5) for candidate in order]


def sets() -> list[RatingSet]:
    """Give every set with the number of its pairs, the newest first."""
    rows = RatingSet.objects.select_related("first_rater", "second_rater", "by")
    return list(rows.annotate(size=Count("pairs")).order_by("-id"))


def find_set(ref: UUID) -> RatingSet:
    """Give a set; raises NoSuchRecord when there is none."""
    found = RatingSet.objects.select_related("first_rater", "second_rater").filter(ref=ref).first()
    if found is None:
        raise NoSuchRecord("set of ratings")
    return found


def progress(found: RatingSet) -> tuple[Progress, Progress]:
    """Give how far the two raters are."""
    size = found.pairs.count()
    done = dict(Rating.objects.filter(pair__of=found).values_list("by").annotate(Count("id")))
    first, second = (
        Progress(rater=rater, done=done.get(rater.pk, 0), of=size) for rater in (found.first_rater, found.second_rater)
    )
    return first, second


def next_pair(found: RatingSet, *, by: Actor) -> RatingPair | None:
    """Give the next pair this rater has not rated, or nothing when they are through."""
    _require_rater(found, by=by)
    return found.pairs.exclude(ratings__by=by.member).first()


def _require_rater(found: RatingSet, *, by: Actor) -> None:
    access.require(Act.RATE, by=by)
    if by.member.pk not in {found.first_rater_id, found.second_rater_id}:
        raise NotYourSet


def find_pair(ref: UUID) -> RatingPair:
    """Give a pair of a set; raises NoSuchRecord when there is none."""
    pair = RatingPair.objects.select_related("of", "before", "after").filter(ref=ref).first()
    if pair is None:
        raise NoSuchRecord("pair")
    return pair


def picture(ref: UUID, *, side: str, by: Actor, at: datetime) -> photographs.Served:
    """Give one side of a pair; which photograph that is, its address does not tell."""
    pair = find_pair(ref)
    _require_rater(pair.of, by=by)
    if side not in SIDES:
        raise NoSuchRecord("side")
    left, right = (pair.after, pair.before) if pair.later_left else (pair.before, pair.after)
    return photographs.read_copy((left if side == "left" else right).ref, size="medium", by=by, at=at)


@transaction.atomic
def rate(pair: RatingPair, *, right_better: int | None, by: Actor, at: datetime) -> Rating:
    """Keep what a rater saw.

    Raises
    ------
    NotYourSet, NoSuchStep, RatedAlready
        When somebody else rates, nothing was chosen, or the pair was rated.

    """
    _require_rater(pair.of, by=by)
    if right_better is None or right_better not in STEPS:
        raise NoSuchStep
    try:
        with transaction.atomic():
            found = Rating.objects.create(pair=pair, right_better=right_better, by=by.member, at=at)
    except IntegrityError:
        raise RatedAlready from None
    # What was rated stays out of the trail until both are through: whoever reads it might be the other rater.
    audit.record("rate_pair", by=by, at=at, subject=pair)
    return found


def outcome(found: RatingSet, *, by: Actor) -> Outcome | None:
    """Give what the two found, or nothing while one of them still rates."""
    access.require(Act.SET_RATING, by=by)
    said: dict[int, dict[int, int]] = {}
    for rating in Rating.objects.filter(pair__of=found):
        said.setdefault(rating.pair_id, {})[rating.by_id] = rating.right_better
    both = (found.first_rater_id, found.second_rater_id)
    pairs = list(found.pairs.select_related("before__course__patient", "after"))
    if not pairs or any(set(said.get(pair.pk, {})) != set(both) for pair in pairs):
        return None
    rows = tuple((pair, *_improvements(pair, said[pair.pk], both)) for pair in pairs)
    first, second = [row[1] for row in rows], [row[2] for row in rows]
    return Outcome(
        rows=rows,
        kappa=weighted_kappa(first, second, steps=STEPS),
        icc=icc_2_1(np.column_stack([first, second]).astype(float)),
        same=sum(one == two for one, two in zip(first, second, strict=True)),
        means=(float(np.mean(first)), float(np.mean(second))),
    )


def _improvements(pair: RatingPair, said: Mapping[int, int], raters_: tuple[int, int]) -> tuple[int, int]:
    """Turn left and right back into later against earlier."""
    sign = -1 if pair.later_left else 1
    first, second = (sign * said[rater] for rater in raters_)
    return first, second
