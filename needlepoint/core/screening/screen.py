"""Screens one case: answers + rules -> findings, verdict, earliest date, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from needlepoint.core.case import Case
from needlepoint.core.questions import Heard, heard, missing_among
from needlepoint.core.reading import Outcome, Reading, Truth, read_called, said
from needlepoint.core.screening.findings import Finding, Overruled, Screening
from needlepoint.core.screening.rules import Also, Rule, Rulebook, Wording
from needlepoint.core.terms import Value, Verdict, gravest, in_order

EXCLUDING: Final = frozenset({Verdict.AVOID_AREA, Verdict.DEFER, Verdict.CONTRAINDICATED})


def screen(case: Case, rules: Rulebook) -> Screening:
    """Say what the rules make of a case.

    The gravest finding gives the verdict; a needed question without a current answer makes it at least `ask`.
    """
    called = rules.called_for(case)
    reading = read_called(case, called)
    told = heard(case.answers, reading.needed)
    findings = _findings(reading, told, rules)
    if len(findings) > 1:
        findings.sort(key=_gravest_first)
    missing = tuple([question.id for question in missing_among(case, called, reading.needed, told.silent)])
    verdict = findings[0].verdict if findings else Verdict.CLEAR
    dates = [finding.not_before for finding in findings if finding.not_before is not None]
    excluded = [area for found in findings if found.areas and found.verdict in EXCLUDING for area in found.areas]
    return Screening(
        id=case.id,
        on=case.on,
        verdict=gravest((verdict, Verdict.ASK)) if missing else verdict,
        not_before=max(dates, default=None),
        excluded_areas=in_order(excluded, rules.area_order) if excluded else (),
        findings=tuple(findings),
        missing=missing,
        knowledge_digest=rules.digest,
    )


def _gravest_first(finding: Finding) -> tuple[int, str]:
    return -finding.verdict.rank, finding.card


def _findings(reading: Reading, told: Heard, rules: Rulebook) -> list[Finding]:
    found: dict[str, Finding] = {}
    hanging: list[tuple[Verdict, Finding]] = []
    for place in rules.reach.of(told.something, reading.case):
        rule = rules.rules[place]
        outcome = rule.when.check(reading)
        if outcome.truth is not Truth.MET:
            continue
        finding = _finding(rule, outcome, reading, rules)
        if rule.only_beside is None:
            found[finding.card] = finding
        else:
            hanging.append((rule.only_beside, finding))
    standing = [*_standing(found, reading, told, rules)]
    if not hanging:
        return standing
    verdicts = {finding.verdict for finding in standing}
    return standing + [finding for beside, finding in hanging if beside in verdicts]


def _standing(found: dict[str, Finding], reading: Reading, told: Heard, rules: Rulebook) -> Iterator[Finding]:
    """Give the findings that stand by themselves."""
    yield from _safer_wins(found, rules) if len(found) > 1 else found.values()
    if told.unknown:
        yield rules.kept(frozenset(told.unknown), lambda: _on_unknown(told, rules))
    unread = {id_: answer for id_, answer in told.something.items() if rules.unread_part(id_, answer)}
    if unread:
        yield rules.kept((reading.case.on, *unread.items()), lambda: _on_unread(unread, reading, rules))


def _finding(rule: Rule, outcome: Outcome, reading: Reading, rules: Rulebook) -> Finding:
    met = [(also, result) for also in rule.also if (result := also.when.check(reading)).met]
    alike = (rule.wording.card, outcome, tuple([also.evidence for also, _ in met]), tuple([r.facts for _, r in met]))
    return rules.kept(alike, lambda: _built(rule, outcome, met, rules))


def _built(rule: Rule, outcome: Outcome, met: Iterable[tuple[Also, Outcome]], rules: Rulebook) -> Finding:
    rows = rule.wording.evidence + (rule.soft_evidence if outcome.soft else ())
    because, facts = rule.wording.because, outcome.facts
    for also, result in met:
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
    evidence = tuple(dict.fromkeys(rows))
    read = [source for row in evidence for source in rules.sources[row]]
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
        sources=tuple(dict.fromkeys([*wording.sources, *read])),
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


def _on_unknown(told: Heard, rules: Rulebook) -> Finding:
    facts = [f"{question.id} = unknown" for question in rules.questions if question.id in told.unknown]
    words = rules.unknown
    return _worded(words, Verdict.REFER, words.evidence, rules, because=words.because, facts=facts)


def _on_unread(unread: Mapping[str, Value], reading: Reading, rules: Rulebook) -> Finding:
    asked = [question for question in rules.questions if question.id in unread]
    facts = [f"{question.id} = {said(unread[question.id], reading.case.on)}" for question in asked]
    rows = tuple(row for question in asked for row in question.evidence if row in rules.sources)
    return _worded(rules.unread, Verdict.REFER, rows, rules, because=rules.unread.because, facts=facts)
