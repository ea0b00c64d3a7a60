"""Screens one case: answers + rules -> findings, verdict, earliest date, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from needlepoint.core.case import Case
from needlepoint.core.questions import missing_questions
from needlepoint.core.reading import MET, Outcome, Reading, read, said
from needlepoint.core.screening.findings import Finding, Overruled, Screening
from needlepoint.core.screening.rules import Rule, Rulebook, Wording
from needlepoint.core.terms import UNKNOWN, Verdict, gravest, in_order

EXCLUDING: Final = frozenset({Verdict.AVOID_AREA, Verdict.DEFER, Verdict.CONTRAINDICATED})


def screen(case: Case, rules: Rulebook) -> Screening:
    """Say what the rules make of a case.

    The gravest finding gives the verdict; a needed question without a current answer makes it at least `ask`.
    """
    reading = read(case, rules.questions)
    findings = sorted(_findings(reading, rules), key=lambda found: (-found.verdict.rank, found.card))
    missing = tuple(question.id for question in missing_questions(case, rules.questions))
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
    found = {}
    for rule in rules.rules:
        outcome = rule.when.check(reading)
        if outcome.met:
            outcome = replace(outcome, areas=None) if rule.whole_case else outcome
            found[rule.card] = _finding(rule, outcome, reading, rules)
    yield from _safer_wins(found, rules)
    yield from _on_unknown(reading, rules)
    yield from _on_unread(reading, rules)


def _finding(rule: Rule, outcome: Outcome, reading: Reading, rules: Rulebook) -> Finding:
    met = [(also, also.when.check(reading)) for also in rule.also]
    also = [(also, result) for also, result in met if result.met]
    rows = [*rule.wording.evidence, *(rule.soft_evidence if outcome.soft else ())]
    rows += [row for also_, _ in also for row in also_.evidence]
    reasons = [rule.wording.because, *(also_.because for also_, _ in also if also_.because)]
    facts = [*outcome.facts, *(fact for _, result in also for fact in result.facts)]
    return _worded(
        replace(rule.wording, because=" ".join(reasons)),
        rule.soft_verdict if outcome.soft else rule.verdict,
        rows,
        rules,
        facts=facts,
        outcome=outcome,
    )


def _worded(
    wording: Wording,
    verdict: Verdict,
    rows: Iterable[str],
    rules: Rulebook,
    *,
    facts: Iterable[str],
    outcome: Outcome,
) -> Finding:
    evidence = tuple(dict.fromkeys(rows))
    told = tuple(dict.fromkeys(facts))
    cited = [source for row in evidence for source in rules.sources[row]]
    return Finding(
        card=wording.card,
        title=wording.title,
        verdict=verdict,
        evidence=evidence,
        areas=in_order(outcome.areas or (), rules.area_order),
        not_before=outcome.until,
        because=" ".join([wording.because, *([f"In this case: {'; '.join(told)}."] if told else ())]),
        tell=wording.tell,
        sources=tuple(dict.fromkeys([*wording.sources, *cited])),
        confidence=wording.confidence,
        proposal=wording.proposal,
        facts=told,
    )


def _safer_wins(found: dict[str, Finding], rules: Rulebook) -> Iterator[Finding]:
    """Let a graver finding take in those its card overrules, as far as it covers their areas."""
    left = dict(found)
    taken: dict[str, list[Finding]] = {}
    for rule in rules.rules:
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
    facts = [f"{question.id} = unknown" for question in rules.questions if reading.answers.get(question.id) is UNKNOWN]
    if facts:
        yield _worded(rules.unknown, Verdict.REFER, rules.unknown.evidence, rules, facts=facts, outcome=MET)


def _on_unread(reading: Reading, rules: Rulebook) -> Iterator[Finding]:
    unread = [
        question
        for question in rules.questions
        if question.id in reading.answers and rules.unread_part(question.id, reading.answers[question.id])
    ]
    if unread:
        facts = [f"{question.id} = {said(reading.answers[question.id], reading.case.on)}" for question in unread]
        rows = [row for question in unread for row in question.evidence if row in rules.sources]
        yield _worded(rules.unread, Verdict.REFER, rows, rules, facts=facts, outcome=MET)
