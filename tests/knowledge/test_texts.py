"""What a patient is told: never to stop a medicine, never that there is no risk, and in short sentences."""

import re

import pytest

from needlepoint.knowledge import Card, load
from needlepoint.knowledge.contraindication import wording

CARDS = list(load().cards.values())
STOPS = re.compile(
    r"\b(stop|pause|skip|leave off|come off|interrupt)\b"
    r"[^.]*\b(medicine|tablet|capsule|pill|thinner|aspirin|them)",
    re.I,
)
FORBIDS = re.compile(
    r"\b(do not|don't|never|not)\b[^.]*\b(stop|pause|skip|interrupt)\b"
    r"|\b(doctor|prescribed)\b[^.]*\b(stop|pause)\b"
    r"|ask[^.]*\b(pause|stop)\b",
    re.I,
)
PROMISES = re.compile(
    r"\bno risks?\b|risk-free|without (any )?risk|completely safe|100 ?%|guarantee|perfectly safe", re.I
)
LONGEST_SENTENCE = 32


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?:;])\s+", text) if part]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_no_patient_is_told_to_stop_a_medicine(card: Card) -> None:
    advised = [part for part in sentences(card.tell) if STOPS.search(part) and not FORBIDS.search(part)]
    assert advised == []


@pytest.mark.parametrize("card", [card for card in CARDS if card.kind != "claim"], ids=lambda card: card.id)
def test_no_patient_is_promised_that_there_is_no_risk(card: Card) -> None:
    assert not PROMISES.search(card.tell)


@pytest.mark.parametrize("card", load().of_kind("contraindication"), ids=lambda card: card.id)
def test_a_patient_is_told_in_short_sentences(card: Card) -> None:
    assert max(len(part.split()) for part in sentences(card.tell)) <= LONGEST_SENTENCE


@pytest.mark.parametrize("card", load().of_kind("contraindication"), ids=lambda card: card.id)
def test_a_weak_ground_is_admitted_to_the_clinician(card: Card) -> None:
    because = wording(card).because
    if card.standing.proposal:
        assert "roposal" in because
    elif card.standing.confidence == "memory":
        assert "general knowledge" in because


def test_the_guard_itself_sees_advice_to_stop() -> None:
    assert STOPS.search("Stop your blood thinner three days before.")
    assert not FORBIDS.search("Stop your blood thinner three days before.")
    assert FORBIDS.search("Do not stop your blood thinner.")
