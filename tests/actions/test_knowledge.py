"""Adopting the knowledge set, and what every verdict says of it."""

from __future__ import annotations

import pytest

from needlepoint import knowledge
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.knowledge import (
    KnowledgeChanged,
    NothingAdopted,
    adopt,
    adopted,
    adoptions,
    changes_since,
)
from needlepoint.records.models import AuditEvent, KnowledgeAdoption, Role
from tests.people import NOW, actor

pytestmark = pytest.mark.django_db
CARD = "isotretinoin_recent"


def test_before_any_adoption_the_knowledge_is_not_the_clinics_own() -> None:
    state = adopted()
    assert state.state == "none"
    assert state.words == "Not adopted by this clinic."
    assert not state.covers(CARD)


def test_a_physician_adopts_the_whole_set_with_digest_name_and_date() -> None:
    adopt(digest=knowledge.load().digest, note="  Read in November. ", by=actor(Role.PHYSICIAN), at=NOW)
    state = adopted()
    assert state.state == "whole"
    assert state.covers(CARD)
    assert state.words == "Adopted for this clinic by Phil Physician on 24 Nov 2026."
    assert state.adoption is not None
    assert state.adoption.note == "Read in November."
    assert state.adoption.digest == knowledge.load().digest


def test_the_trail_keeps_who_took_which_responsibility() -> None:
    adopt(digest=knowledge.load().digest, by=actor(Role.PHYSICIAN), at=NOW)
    event = AuditEvent.objects.get(act="adopt_knowledge")
    assert event.actor == "Phil Physician (Physician)"
    assert event.detail["cards"] == len(knowledge.load().cards)
    assert "answer for their use here" in event.detail["responsibility"]


def test_single_cards_are_adopted_and_the_others_are_not() -> None:
    adopt(digest=knowledge.load().digest, cards=[CARD], by=actor(Role.PHYSICIAN), at=NOW)
    state = adopted()
    assert state.state == "part"
    assert state.covers(CARD)
    assert not state.covers("answer_unknown")
    assert f"1 of {len(knowledge.load().cards)} cards" in state.words


def test_the_newest_adoption_is_the_one_in_force() -> None:
    adopt(digest=knowledge.load().digest, by=actor(Role.PHYSICIAN), at=NOW)
    adopt(digest=knowledge.load().digest, cards=[CARD], by=actor(Role.PHYSICIAN), at=NOW)
    assert adopted().state == "part"
    assert [adoption.digest for adoption in adoptions()] == [knowledge.load().digest] * 2


def test_an_adoption_of_other_knowledge_does_not_count_and_says_what_changed() -> None:
    now = {card.id: card.fingerprint for card in knowledge.load().cards.values()}
    then = {**now, CARD: "0" * 64, "gone_since": "1" * 64}
    del then["answer_unknown"]
    other = KnowledgeAdoption.objects.create(digest="f" * 64, cards=then, by=actor(Role.PHYSICIAN).member, at=NOW)
    state = adopted()
    assert state.state == "outdated"
    assert not state.covers("answer_unread")
    assert "changed since it was adopted by Phil Physician" in state.words
    changes = changes_since(other)
    assert (changes.added, changes.changed, changes.removed) == (("answer_unknown",), (CARD,), ("gone_since",))
    assert not changes.beyond_cards


def test_a_change_of_questions_or_sources_alone_is_said_too() -> None:
    now = {card.id: card.fingerprint for card in knowledge.load().cards.values()}
    other = KnowledgeAdoption.objects.create(digest="f" * 64, cards=now, by=actor(Role.PHYSICIAN).member, at=NOW)
    assert changes_since(other).beyond_cards
    assert changes_since(other).any


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PHYSICIAN])
def test_nobody_but_a_physician_may_adopt_and_is_told_why(role: Role) -> None:
    with pytest.raises(NotPermitted, match="takes the role of physician"):
        adopt(digest=knowledge.load().digest, by=actor(role), at=NOW)
    assert not KnowledgeAdoption.objects.exists()


def test_only_what_was_read_is_adopted() -> None:
    with pytest.raises(KnowledgeChanged):
        adopt(digest="0" * 64, by=actor(Role.PHYSICIAN), at=NOW)


@pytest.mark.parametrize("cards", [[], ["no_such_card"], [CARD, "no_such_card"]])
def test_an_adoption_names_cards_that_are_there(cards: list[str]) -> None:
    with pytest.raises(NothingAdopted):
        adopt(digest=knowledge.load().digest, cards=cards, by=actor(Role.PHYSICIAN), at=NOW)
    assert not KnowledgeAdoption.objects.exists()


def test_each_card_has_its_own_fingerprint() -> None:
    prints = [card.fingerprint for card in knowledge.load().cards.values()]
    assert all(len(mark) == 64 for mark in prints)
    assert len(set(prints)) == len(prints)
