"""Screens one case: answers + rules -> findings, verdict, earliest date, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from needlepoint.core.case import Case
from needlepoint.core.questions import is_present, missing_among
from needlepoint.core.reading import Outcome, Reading, read_called, said
from needlepoint.core.screening.findings import Finding, Overruled, Screening
from needlepoint.core.screening.rules import Rule, Rulebook, Wording
from needlepoint.core.terms import UNKNOWN, Value, Verdict, gravest, in_order

EXCLUDING: Final = frozenset({Verdict.AVOID_AREA, Verdict.DEFER, Verdict.CONTRAINDICATED})


def screen(case: Case, rules: Rulebook) -> Screening:
    """Say what the rules make of a case.

    The gravest finding gives the verdict; a needed question without a current answer makes it at least `ask`.
    """
    called = rules.called_for(case)
    reading = read_called(case, called)
    findings = sorted(_findings(reading, rules), key=lambda found: (-found.verdict.rank, found.card))
    missing = tuple(question.id for question in missing_among(case, called, reading.needed))
    verdicts = [finding.verdict for finding in findings] + [Verdict.ASK] * bool(missing)
    dates = [finding.not_before for finding in findings if finding.not_before is not None]
    excluded = (area for found in findings if found.verdict in EXCLUDING for area in found.areas)
    return Screening(
        id=case.id,
        on=case.on,
        verdict=gravest(verdicts),
        not_before=max(dates, default=None),
        excluded_areas=in_order(excluded, rules.area_order),
        findings=tuple(findings),
        missing=missing,
        knowledge_digest=rules.digest,
    )


def _findings(reading: Reading, rules: Rulebook) -> Iterator[Finding]:
    told = {id_: answer for id_, answer in reading.answers.items() if is_present(answer)}
    found = {}
    for place in rules.reach.of(told):
        rule = rules.rules[place]
        outcome = rule.when.check(reading)
        if outcome.met:
            found[rule.card] = _finding(rule, outcome, reading, rules)
    yield from _safer_wins(found, rules)
    yield from _on_unknown(reading, rules)
    yield from _on_unread(told, reading, rules)


def _finding(rule: Rule, outcome: Outcome, reading: Reading, rules: Rulebook) -> Finding:
    rows = rule.wording.evidence + (rule.soft_evidence if outcome.soft else ())
    because, facts = rule.wording.because, outcome.facts
    for also in rule.also:
        result = also.when.check(reading)
        if result.met:
            rows += also.evidence
            because = f"{because} {also.because}" if also.because else because
            facts += result.facts
    return _worded(
        rule.wording,
        rule.soft_verdict if outcome.soft else rule.verdict,
        rows,
        rules,
        because=because,
        facts=facts,
        areas=None if rule.whole_case else outcome.areas,
        until=outcome.until,
    )


def _worded(
    wording: Wording,
    verdict: Verdict,
    rows: tuple[str, ...],
    rules: Rulebook,
    *,
    because: str,
    facts: Iterable[str],
    areas: frozenset[str] | None = None,
    until: date | None = None,
) -> Finding:
    evidence, sources = rules.cite(wording, rows)
    told = tuple(dict.fromkeys(facts))
    return Finding(
        card=wording.card,
        title=wording.title,
        verdict=verdict,
        evidence=evidence,
        areas=in_order(areas, rules.area_order) if areas else (),
        not_before=until,
        because=f"{because} In this case: {'; '.join(told)}." if told else because,
        tell=wording.tell,
        sources=sources,
        confidence=wording.confidence,
        proposal=wording.proposal,
        facts=told,
    )


def _safer_wins(found: dict[str, Finding], rules: Rulebook) -> Iterator[Finding]:
    """Let a graver finding take in those its card overrules, as far as it covers their areas."""
    left = dict(found)
    taken: dict[str, list[Finding]] = {}
    for rule in rules.overruling:
        if rule.card not in found:
            continue
        winner = found[rule.card]
        for card in sorted(rule.overrules & found.keys()):
            if not _covers(winner, found[card]):
                continue
            taken.setdefault(rule.card, []).append(found[card])
            _shrink(left, card, winner)
    for card, finding in left.items():
        yield _with_overruled(finding, taken.get(card, ()))


def _covers(winner: Finding, milder: Finding) -> bool:
    """Say whether the winner is at least as grave, and bears on all or some of the milder one's areas."""
    if winner.verdict.rank < milder.verdict.rank:
        return False
    return not winner.areas or bool(set(winner.areas) & set(milder.areas))


def _shrink(left: dict[str, Finding], card: str, winner: Finding) -> None:
    """Leave of the milder finding what the winner does not cover: other areas, or a later date."""
    milder = left.get(card)
    if milder is None:
        return
    rest = tuple(area for area in milder.areas if winner.areas and area not in winner.areas)
    if rest:
        left[card] = replace(milder, areas=rest)
    elif not _outlasts(milder, winner):
        del left[card]


def _outlasts(milder: Finding, winner: Finding) -> bool:
    if milder.not_before is None:
        return False
    return winner.not_before is None or milder.not_before > winner.not_before


def _with_overruled(finding: Finding, taken: Sequence[Finding]) -> Finding:
    if not taken:
        return finding
    return replace(
        finding,
        evidence=tuple(dict.fromkeys([*finding.evidence, *(row for milder in taken for row in milder.evidence)])),
        sources=tuple(dict.fromkeys([*finding.sources, *(source for milder in taken for source in milder.sources)])),
        overruled=tuple(
            Overruled(card=m.card, verdict=m.verdict, evidence=m.evidence, because=m.because) for m in taken
        ),
    )


def _on_unknown(reading: Reading, rules: Rulebook) -> Iterator[Finding]:
    if UNKNOWN not in reading.answers.values():
        return
    facts = [f"{question.id} = unknown" for question in rules.questions if reading.answers.get(question.id) is UNKNOWN]
    words = rules.unknown
    yield _worded(words, Verdict.REFER, words.evidence, rules, because=words.because, facts=facts)


def _on_unread(told: Mapping[str, Value], reading: Reading, rules: Rulebook) -> Iterator[Finding]:
    unread = {id_ for id_, answer in told.items() if rules.unread_part(id_, answer)}
    if not unread:
        return
    asked = [question for question in rules.questions if question.id in unread]
    facts = [f"{question.id} = {said(reading.answers[question.id], reading.case.on)}" for question in asked]
    rows = tuple(row for question in asked for row in question.evidence if row in rules.sources)
    yield _worded(rules.unread, Verdict.REFER, rows, rules, because=rules.unread.because, facts=facts)
