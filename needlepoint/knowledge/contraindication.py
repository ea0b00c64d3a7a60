"""Contraindications and precautions: what speaks against the treatment, and how strongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast

from needlepoint.core.conditions import Condition
from needlepoint.core.screening.rules import Also, Rule, Wording
from needlepoint.core.terms import Verdict
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.conditions import read_condition
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

About = Literal["case", "unknown_answers", "unread_answers"]

# The words by which a text admits that its ground is weak.
KNOWLEDGE: Final = "general knowledge"
PROPOSAL: Final = "roposal"

_VERDICTS: Final = frozenset(verdict.value for verdict in Verdict if verdict is not Verdict.ASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraindication:
    """The rule of a card.

    overrules: milder cards on the same matter that this one takes in. beside: cards with the same condition that are
    meant to stand next to this one, because they say different things to do.

    only_beside: a verdict that another finding must have for this one to stand.

    about: `case` for a rule with a condition; the two others stand once each, for answers that say "unknown" and
    for answers that no other card looks at.
    """

    about: About
    soft_verdict: Verdict
    soft_evidence: tuple[str, ...]
    also: tuple[Also, ...]
    overrules: frozenset[str]
    beside: frozenset[str]
    harmless: tuple[Condition, ...]
    whole_case: bool
    only_beside: Verdict | None


def read_contraindication(fields: Fields, card: Card, shelf: Shelf) -> Contraindication:
    """Build the payload of a contraindication card."""
    about = "case"
    if fields.has("about"):
        about = fields.one_of("about", ("unknown_answers", "unread_answers"), "matter")
    if about == "case" and card.when is None:
        raise fields.unfit("when", "is absent")
    if card.verdict is None or card.verdict.value not in _VERDICTS:
        raise fields.unfit("verdict", "is absent, or ask, which only a missing answer gives")
    _check_cases(fields, card, shelf, about)
    return Contraindication(
        about=cast(About, about),
        soft_verdict=Verdict(
            fields.one_of("soft_verdict", _VERDICTS, "verdict") if fields.has("soft_verdict") else "refer"
        ),
        soft_evidence=fields.known_words("soft_evidence", shelf.rows, "evidence row"),
        also=tuple(_also(row, shelf) for row in fields.tables("also")),
        overrules=frozenset(fields.words("overrules")),
        beside=frozenset(fields.words("beside")),
        harmless=tuple(read_condition(row, shelf) for row in fields.tables("harmless")),
        whole_case=fields.flag("whole_case", default=False),
        only_beside=Verdict(fields.one_of("only_beside", _VERDICTS, "verdict")) if fields.has("only_beside") else None,
    )


def _check_cases(fields: Fields, card: Card, shelf: Shelf, about: str) -> None:
    for place, case in enumerate(card.cases):
        if case.expect not in {verdict.value for verdict in Verdict}:
            raise fields.unfit(f"case[{place}].expect", f"unknown verdict {case.expect}")
    if about == "case" and not any(shelf.questions.keys().isdisjoint(case.given) for case in card.cases):
        raise fields.unfit("case", "has no case for silence: given = {}")


def _also(row: Fields, shelf: Shelf) -> Also:
    also = Also(
        when=read_condition(row.table("when"), shelf),
        evidence=row.known_words("evidence", shelf.rows, "evidence row", least=1),
        because=row.text_or_none("because"),
    )
    row.done()
    return also


def wording(card: Card) -> Wording:
    """Give what a finding of this card says, whatever the case."""
    return Wording(
        card=card.id,
        title=card.title,
        because=" ".join([card.because, *_weakness(card)]),
        tell=card.tell,
        evidence=card.evidence,
        sources=tuple(citation.source for citation in card.citations),
        confidence=card.standing.confidence,
        proposal=card.standing.proposal,
    )


def _weakness(card: Card) -> Iterator[str]:
    """Give what a clinician has to know about the ground of a card, unless its own words say so."""
    if card.standing.confidence == "memory" and not {KNOWLEDGE, PROPOSAL} & _said(card):
        yield "No source was read for this: it rests on general knowledge."
    if card.standing.proposal and PROPOSAL not in _said(card):
        yield "Part of this is a proposal that a physician has to confirm."


def _said(card: Card) -> frozenset[str]:
    return frozenset(words for words in (KNOWLEDGE, PROPOSAL) if words in card.because)


def rule(card: Card) -> Rule:
    """Give the card as a rule of a screening."""
    payload = card.holds(Contraindication)
    assert card.when is not None  # noqa: S101  the reader has refused a card without one
    assert card.verdict is not None  # noqa: S101  likewise
    return Rule(
        wording=wording(card),
        when=card.when,
        verdict=card.verdict,
        soft_verdict=payload.soft_verdict,
        soft_evidence=payload.soft_evidence,
        also=payload.also,
        overrules=payload.overrules,
        harmless=payload.harmless,
        whole_case=payload.whole_case,
        only_beside=payload.only_beside,
    )
