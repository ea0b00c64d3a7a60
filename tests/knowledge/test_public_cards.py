"""What the public pages say: honest, sourced, and never what the claims have been shown not to be."""

from __future__ import annotations

import pytest

from needlepoint.knowledge import Card, Unfit, load
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.public import Claim, Procedure, Result, Risk, read_claim, read_procedure
from needlepoint.knowledge.shelf import Shelf

KNOWN = load()
CLAIMS = KNOWN.of_kind("claim")
SHELF = Shelf(vocabulary=KNOWN.vocabulary, questions=KNOWN.question, rows=KNOWN.rows, sources=KNOWN.sources)


def test_every_claim_that_the_evidence_contradicts_has_a_card() -> None:
    rows = {row for row in KNOWN.rows if row.startswith("cl-")}
    assert rows == {row for card in CLAIMS for row in card.evidence if row.startswith("cl-")}


@pytest.mark.parametrize("words", ["no risks", "no permanent damage", "all skin types"])
def test_the_founding_pages_claims_are_held_up_with_both_sides(words: str) -> None:
    (card,) = [card for card in CLAIMS if words in card.holds(Claim).says]
    claim = card.holds(Claim)
    assert claim.made_by == "founding page"
    assert claim.for_it != claim.against_it


@pytest.mark.parametrize("card", KNOWN.cards.values(), ids=lambda card: card.id)
def test_no_text_for_patients_makes_a_refuted_claim(card: Card) -> None:
    said = card.tell.lower()
    assert [phrase for claim in CLAIMS for phrase in claim.holds(Claim).phrases if phrase in said] == []


@pytest.mark.parametrize(("kind", "shape"), [("procedure", Procedure), ("risk", Risk), ("result", Result)])
def test_every_card_of_the_pages_has_its_place(kind: str, shape: type[Procedure | Risk | Result]) -> None:
    places = []
    for card in KNOWN.of_kind(kind):
        payload = card.holds(shape)
        group = getattr(payload, "part", getattr(payload, "harm", ""))
        places.append((group, payload.order))
    assert len(places) > 5
    assert len(set(places)) == len(places)


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ({"part": "somewhere", "order": 1}, "part"),
        ({"part": "before", "order": -1}, "order"),
        ({"part": "before", "order": 1, "minutes": [60, 10]}, "minutes"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_by_its_field(table: dict[str, object], field: str) -> None:
    with pytest.raises(Unfit) as refused:
        read_procedure(Fields("a.toml", table), CLAIMS[0], SHELF)
    assert refused.value.field == field


def test_a_claim_without_its_words_is_refused() -> None:
    table = {"order": 1, "made_by": "advertising", "says": "a", "for_it": "b", "against_it": "c", "phrases": []}
    with pytest.raises(Unfit) as refused:
        read_claim(Fields("a.toml", table), CLAIMS[0], SHELF)
    assert refused.value.field == "phrases"
