"""The emergency pages: the right number, the steps in their order, and doses with their sources."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from needlepoint.knowledge import Card, load
from needlepoint.knowledge.emergency import Emergency, Numbers
from needlepoint.records.models import Clinic, Role
from tests.people import make_clinic, sign_in

pytestmark = pytest.mark.django_db
CARDS = [card for card in load().of_kind("emergency") if isinstance(card.payload, Emergency)]


def page(address: str, role: str = Role.THERAPIST) -> str:
    answer = sign_in(role).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_four_emergencies_of_the_treatment_room_have_their_card() -> None:
    assert {card.id for card in CARDS} == {
        "emergency_allergy", "emergency_numbing", "emergency_methaemoglobin", "emergency_fainting",
    }  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_everybody_on_the_staff_finds_every_emergency(role: Role) -> None:
    make_clinic()
    shown = page(reverse("clinic:emergency"), role)
    for card in CARDS:
        assert reverse("clinic:emergency_card", args=[card.id]) in shown


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_shows_its_steps_in_order_its_doses_with_source_and_what_it_is_not(card: Card) -> None:
    make_clinic()
    shown, emergency = page(reverse("clinic:emergency_card", args=[card.id])), card.holds(Emergency)
    places = [shown.index(escape(step.do)) for step in emergency.steps]
    assert places == sorted(places)
    assert any(step.call for step in emergency.steps)
    for dose in emergency.doses:
        assert escape(dose.amount) in shown
        assert all(escape(source.citation) in shown for source in dose.row.sources)
    assert escape(emergency.not_this) in shown
    assert "Not adopted by this clinic" in shown


@pytest.mark.parametrize(("premises", "call"), [("US-CA", "911"), ("GB-SCT", "999"), ("DE", "112"), ("AU-NSW", "000")])
def test_the_number_to_call_is_that_of_the_clinics_country(premises: str, call: str) -> None:
    make_clinic()
    Clinic.objects.update(premises=premises, address="1 Long Street")
    shown = page(reverse("clinic:emergency"))
    assert f'href="tel:{call}"' in shown
    assert "1 Long Street" in shown, "what is said on the telephone"


def test_lipid_is_counted_out_by_weight() -> None:
    first, running, most = load().cards["emergency_numbing"].holds(Emergency).doses
    assert dict(first.by_weight)[70] == pytest.approx(105)
    assert dict(running.by_weight)[70] == pytest.approx(17.5)
    assert dict(most.by_weight)[70] == pytest.approx(840)


def test_an_emergency_nobody_knows_is_not_found() -> None:
    make_clinic()
    assert sign_in(Role.THERAPIST).get("/clinic/emergency/emergency_numbers/").status_code == 404


def test_a_place_without_an_own_number_has_that_of_all_others() -> None:
    numbers = load().cards["emergency_numbers"].holds(Numbers)
    assert numbers.at("FR") == numbers.at("") == "112"
