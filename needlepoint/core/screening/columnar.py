"""Screens a whole population: the same answers as `screen` gives case by case, worked out column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from needlepoint.core.screening.columns import MET, UNDATED, Readings, check
from needlepoint.core.screening.population import (
    NOT_GIVEN,
    UNIX_EPOCH,
    Bools,
    Codes,
    Days,
    Masks,
    Places,
    Population,
)
from needlepoint.core.screening.rules import Rule, Rulebook
from needlepoint.core.screening.screen import EXCLUDING
from needlepoint.core.terms import UNKNOWN, Verdict

VERDICTS: Final = tuple(Verdict)
ANSWER: Final = pl.Schema(
    {
        "verdict": pl.String(),
        "not_before": pl.Date(),
        "excluded_areas": pl.List(pl.String()),
        "cards": pl.List(pl.String()),
        "evidence": pl.List(pl.String()),
        "missing": pl.List(pl.String()),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """The findings of one card: in which cases, and what differs from case to case.

    said: which of the card's ways to cite its evidence holds, as `_Sayings` counts them. areas: 0 = the whole case.
    """

    card: str
    at: Places
    rank: Codes
    areas: Masks
    until: Days
    said: Codes

    def only(self, these: Bools) -> _Found:
        """Give some of the findings only."""
        return _Found(
            card=self.card,
            at=self.at[these],
            rank=self.rank[these],
            areas=self.areas[these],
            until=self.until[these],
            said=self.said[these],
        )


class _Sayings:
    """The pairs of a card and the evidence it cites, each counted once."""

    def __init__(self) -> None:
        self.known: list[tuple[str, tuple[str, ...]]] = []
        self._place: dict[tuple[str, tuple[str, ...]], int] = {}

    def place(self, card: str, rows: Iterable[str]) -> int:
        """Give the number of a pair."""
        saying = (card, tuple(dict.fromkeys(rows)))
        if saying not in self._place:
            self._place[saying] = len(self.known)
            self.known.append(saying)
        return self._place[saying]

    def evidence(self, place: int) -> tuple[str, ...]:
        """Give the evidence of a pair."""
        return self.known[place][1]

    @cached_property
    def order(self) -> Codes:
        """Give the place of each pair in the order of the cards' names."""
        names = sorted({card for card, _ in self.known})
        place = {card: number for number, card in enumerate(names)}
        return np.array([place[card] for card, _ in self.known], dtype=np.int32)


def screen_population(population: Population, rules: Rulebook) -> pl.DataFrame:
    """
    Say what the rules make of each case of a population.

    Parameters
    ----------
    population: cases that have passed the checks a single case passes.
    rules: the rules that hold on the day of treatment of every one of them.

    Returns
    -------
    One row for each case, in the same order, with the columns of `ANSWER`.

    Raises
    ------
    TypeError: a rule has a form that the columnar conditions do not know.

    """
    readings = Readings(population, rules.questions, rules.area_order)
    sayings = _Sayings()
    found, hanging = {}, []
    for rule in rules.rules:
        findings = _findings(rule, readings, sayings)
        if not len(findings.at):
            continue
        if rule.only_beside is None:
            found[rule.card] = findings
        else:
            hanging.append((rule.only_beside, findings))
    every = [
        *_safer_wins(found, rules, sayings),
        *_on_unknown(readings, rules, sayings),
        *_on_unread(readings, rules, sayings),
    ]
    every += [_beside(verdict, findings, every, len(readings)) for verdict, findings in hanging]
    return _answers(every, _missing(readings, rules), sayings, rules)


def _findings(rule: Rule, readings: Readings, sayings: _Sayings) -> _Found:
    outcomes = check(rule.when, readings)
    at = np.flatnonzero(outcomes.truth == MET)
    nobody = np.zeros(len(at), dtype=bool)
    soft = nobody if outcomes.soft is None or not len(at) else outcomes.soft[at]
    also = [check(part.when, readings).truth[at] == MET for part in rule.also] if len(at) else []
    way = soft + sum((met.astype(np.int64) << (1 + place) for place, met in enumerate(also)), np.zeros(len(at), int))
    ways, which = np.unique(way, return_inverse=True)
    said = np.array([sayings.place(rule.card, _evidence(rule, int(way))) for way in ways], dtype=np.int32)
    whole = rule.whole_case or outcomes.areas is None
    return _Found(
        card=rule.card,
        at=at,
        rank=np.where(soft, rule.soft_verdict.rank, rule.verdict.rank).astype(np.int32),
        areas=np.zeros(len(at), np.uint64) if whole or outcomes.areas is None else _planned(outcomes.areas[at]),
        until=np.full(len(at), UNDATED) if outcomes.until is None else outcomes.until[at],
        said=said[which] if len(at) else np.zeros(0, np.int32),
    )


def _beside(verdict: Verdict, findings: _Found, others: Iterable[_Found], size: int) -> _Found:
    """Give the findings of those cases in which another finding has the verdict."""
    has = np.zeros(size, dtype=bool)
    for other in others:
        has[other.at[other.rank == verdict.rank]] = True
    return findings.only(has[findings.at])


def _planned(areas: Masks) -> Masks:
    """Write the whole case as no area, as a finding does."""
    return np.where(areas == ~np.uint64(0), np.uint64(0), areas)


def _evidence(rule: Rule, way: int) -> Iterator[str]:
    yield from rule.wording.evidence
    yield from rule.soft_evidence if way & 1 else ()
    for place, also in enumerate(rule.also):
        yield from also.evidence if way >> (1 + place) & 1 else ()


def _safer_wins(found: Mapping[str, _Found], rules: Rulebook, sayings: _Sayings) -> Iterator[_Found]:
    """Let a graver finding take in those its card overrules, as far as it covers their areas."""
    left = {card: _Left(findings) for card, findings in found.items()}
    taken: dict[str, list[tuple[Places, Codes]]] = {}
    for rule in rules.rules:
        if rule.card not in found:
            continue
        winner = found[rule.card]
        for card in sorted(rule.overrules & found.keys()):
            milder = found[card]
            _, here, there = np.intersect1d(winner.at, milder.at, assume_unique=True, return_indices=True)
            covers = winner.rank[here] >= milder.rank[there]
            covers &= (winner.areas[here] == 0) | (winner.areas[here] & milder.areas[there] != 0)
            here, there = here[covers], there[covers]
            taken.setdefault(rule.card, []).append((here, milder.said[there]))
            left[card].shrink(there, winner, here)
    for card, findings in found.items():
        yield left[card].findings(_with_taken(findings, taken.get(card, []), sayings))


class _Left:
    """What graver findings leave of the findings of one card."""

    def __init__(self, findings: _Found) -> None:
        self._until = findings.until
        self._areas = findings.areas.copy()
        self._stands = np.ones(len(findings.at), dtype=bool)

    def shrink(self, there: Places, winner: _Found, here: Places) -> None:
        """Leave what the winner does not cover: other areas, or a later date."""
        theirs = winner.areas[here]
        rest = np.where(theirs == 0, np.uint64(0), self._areas[there] & ~theirs)
        outlasts = (self._until[there] != UNDATED) & (
            (winner.until[here] == UNDATED) | (self._until[there] > winner.until[here])
        )
        self._areas[there] = np.where(rest == 0, self._areas[there], rest)
        self._stands[there] &= (rest != 0) | outlasts

    def findings(self, findings: _Found) -> _Found:
        """Give the findings that still stand, with the areas left to them."""
        return replace(findings, areas=self._areas).only(self._stands)


def _with_taken(findings: _Found, taken: list[tuple[Places, Codes]], sayings: _Sayings) -> _Found:
    """Let the findings name the evidence of those they have taken in, too."""
    columns = np.full((len(findings.at), 1 + len(taken)), NOT_GIVEN, dtype=np.int32)
    columns[:, 0] = findings.said
    for place, (here, said) in enumerate(taken, start=1):
        columns[here, place] = said
    if (columns[:, 1:] == NOT_GIVEN).all():
        return findings
    ways, which = np.unique(columns, axis=0, return_inverse=True)
    places = [
        sayings.place(findings.card, (row for said in way if said != NOT_GIVEN for row in sayings.evidence(said)))
        for way in ways.tolist()
    ]
    return replace(findings, said=np.array(places, dtype=np.int32)[which.reshape(-1)])


def _on_unknown(readings: Readings, rules: Rulebook, sayings: _Sayings) -> Iterator[_Found]:
    unknown = np.zeros(len(readings), dtype=bool)
    for question in rules.questions:
        unknown |= readings.where(question.id, lambda answer: answer is UNKNOWN)
    at = np.flatnonzero(unknown)
    if len(at):
        said = sayings.place(rules.unknown.card, rules.unknown.evidence)
        yield _referring(rules.unknown.card, at, np.full(len(at), said, np.int32))


def _on_unread(readings: Readings, rules: Rulebook, sayings: _Sayings) -> Iterator[_Found]:
    unread: dict[str, Bools] = {}
    for question in rules.questions:
        here = readings.where(question.id, lambda answer, id_=question.id: rules.unread_part(id_, answer))  # type: ignore[misc]  # the default binds the id of this turn
        if here.any():
            unread[question.id] = here
    if not unread:
        return
    at = np.flatnonzero(np.logical_or.reduce(list(unread.values())))
    ways, which = np.unique(np.column_stack([here[at] for here in unread.values()]), axis=0, return_inverse=True)
    rows = {question.id: [row for row in question.evidence if row in rules.sources] for question in rules.questions}
    places = [
        sayings.place(
            rules.unread.card, (row for id_, is_ in zip(unread, way, strict=True) if is_ for row in rows[id_])
        )
        for way in ways.tolist()
    ]
    yield _referring(rules.unread.card, at, np.array(places, np.int32)[which.reshape(-1)])


def _referring(card: str, at: Places, said: Codes) -> _Found:
    return _Found(
        card=card,
        at=at,
        rank=np.full(len(at), Verdict.REFER.rank, np.int32),
        areas=np.zeros(len(at), np.uint64),
        until=np.full(len(at), UNDATED),
        said=said,
    )


def _missing(readings: Readings, rules: Rulebook) -> NDArray[np.bool_]:
    """Say of each case (rows) which questions (columns) are missing."""
    people = readings.population
    missing = np.zeros((len(readings), len(rules.questions)), dtype=bool)
    for place, question in enumerate(rules.questions):
        absent = readings.answer(question.id).codes == NOT_GIVEN
        days = people.answered_on.get(question.id)
        if days is not None and question.good_for_days is not None:
            absent = absent | ((days != 0) & (people.on - days > question.good_for_days))
        missing[:, place] = absent & readings.needed[question.id]
    return missing


def _answers(every: list[_Found], missing: NDArray[np.bool_], sayings: _Sayings, rules: Rulebook) -> pl.DataFrame:
    size = len(missing)
    rank = np.where(missing.any(axis=1), Verdict.ASK.rank, Verdict.CLEAR.rank)
    until, excluded = np.zeros(size, np.int32), np.zeros(size, np.uint64)
    gravest = [verdict.rank for verdict in EXCLUDING]
    for found in every:
        rank[found.at] = np.maximum(rank[found.at], found.rank)
        until[found.at] = np.maximum(until[found.at], np.where(found.until == UNDATED, np.int32(0), found.until))
        excluded[found.at] |= np.where(np.isin(found.rank, gravest), found.areas, np.uint64(0))
    cards, evidence = _lists(every, size, sayings)
    days = pl.Series(until - np.int32(UNIX_EPOCH)).cast(pl.Date)
    return pl.DataFrame(
        {
            "verdict": pl.Series([verdict.value for verdict in VERDICTS]).gather(rank),
            "not_before": days.set(pl.Series(until == 0), None),
            "excluded_areas": _sets(excluded, rules),
            "cards": cards,
            "evidence": evidence,
            "missing": _chosen(missing, [question.id for question in rules.questions]),
        },
        schema=ANSWER,
    )


def _lists(every: list[_Found], size: int, sayings: _Sayings) -> tuple[pl.Series, pl.Series]:
    """Give for each case its cards and its evidence: gravest first, then by card, each once."""
    at = np.concatenate([np.zeros(0, np.int64), *(found.at for found in every)])
    said = np.concatenate([np.zeros(0, np.int32), *(found.said for found in every)])
    rank = np.concatenate([np.zeros(0, np.int32), *(found.rank for found in every)])
    order = sayings.order[said] if len(said) else said
    sorted_ = np.argsort((at * len(VERDICTS) - rank) * (len(sayings.known) + 1) + order)
    content = said[sorted_].tobytes()
    ends = np.cumsum(np.bincount(at, minlength=size)) * said.itemsize
    places: dict[bytes, int] = {}
    codes = []
    start = 0
    for end in ends.tolist():
        codes.append(places.setdefault(content[start:end], len(places)))
        start = end
    sequences = [[sayings.known[place] for place in np.frombuffer(row, np.int32).tolist()] for row in places]
    cards = [[card for card, _ in row] for row in sequences]
    evidence = [list(dict.fromkeys(id_ for _, ids in row for id_ in ids)) for row in sequences]
    return _spread(cards, codes), _spread(evidence, codes)


def _sets(masks: Masks, rules: Rulebook) -> pl.Series:
    distinct, which = np.unique(masks, return_inverse=True)
    names = sorted(rules.area_order, key=rules.area_order.__getitem__)
    lists = [[name for name in names if mask >> rules.area_order[name] & 1] for mask in distinct.tolist()]
    return _spread(lists, which)


def _chosen(chosen: NDArray[np.bool_], names: list[str]) -> pl.Series:
    """Give for each row the names of the columns that are true in it."""
    packed = np.packbits(chosen, axis=1)
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).reshape(-1)
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    lists = [[names[place] for place in np.flatnonzero(chosen[row])] for row in first]
    return _spread(lists, which)


def _spread(lists: list[list[str]], which: Any) -> pl.Series:
    return pl.Series(lists, dtype=pl.List(pl.String)).gather(which)
