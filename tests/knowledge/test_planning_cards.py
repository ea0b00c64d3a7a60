"""The cards behind a plan: complete, honest, and refused when they do not fit."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from needlepoint.knowledge import Card, Unfit, load
from needlepoint.knowledge.device import DeviceCard
from needlepoint.knowledge.indication import IndicationCard
from needlepoint.knowledge.loader import ROOM
from needlepoint.knowledge.planning import NoSuchFact, facts_on, planning_facts

DAY = date(2026, 11, 22)
KINDS = ("area", "device", "indication", "dose", "limit", "protocol", "preparation", "aftercare")
CARDS = [card for kind in KINDS for card in load().of_kind(kind)]


@pytest.mark.parametrize("day", [date(1990, 1, 1), DAY, date(2040, 1, 1)])
def test_every_device_area_use_and_product_has_its_card_on_any_day(day: date) -> None:
    facts, names = facts_on(day), load().vocabulary
    assert facts.devices.keys() == names.devices.keys()
    assert facts.areas.keys() == names.areas.keys()
    assert facts.indications.keys() == names.indications.keys()
    assert facts.anaesthetics.keys() == names.anaesthetics.keys()


def test_without_a_card_for_an_area_there_are_no_facts() -> None:
    cards = tuple(card for card in load().cards.values() if card.id != "area_nose")
    with pytest.raises(NoSuchFact, match="nose"):
        planning_facts(load(), cards)


def test_the_parts_of_the_face_make_up_its_share_of_the_body() -> None:
    facts = facts_on(DAY)
    members = load().vocabulary.members["face"]
    assert sum(facts.areas[area].share for area in members) == pytest.approx(0.035)
    assert sum(area.share for area in facts.areas.values()) < 1


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_planning_card_speaks_to_patient_and_clinician_and_promises_nothing(card: Card) -> None:
    said = f"{card.tell} {card.because}".lower()
    assert card.tell != card.because
    for promise in ("no risk", "risk-free", "100% safe", "no permanent damage", "guarantee", "will disappear"):
        assert promise not in said
    if any(citation.source.key == "OWN" for citation in card.citations):
        assert card.standing.confidence != "seen"


@pytest.mark.parametrize("card", load().of_kind("indication"), ids=lambda card: card.id)
def test_a_use_says_what_was_shown_and_when_results_show(card: Card) -> None:
    words = card.holds(IndicationCard)
    assert words.shown
    assert words.results
    assert words.facts.level in {"good", "moderate", "weak", "none"}


@pytest.mark.parametrize("card", load().of_kind("device"), ids=lambda card: card.id)
def test_a_device_never_claims_approval_and_says_what_is_not_known(card: Card) -> None:
    words = card.holds(DeviceCard)
    claims = f"{card.title} {card.tell} {words.chosen} {words.regulation}".lower()
    assert "fda approved" not in claims
    assert "approved" not in claims.replace("not the same as approved", "")
    if words.facts.planned and words.facts.device.facts_from in ("unverified", "none"):
        assert words.unsure
        assert words.facts.rank is None, "what is ill known is never chosen by the program"


Edit = Callable[[str], str]


def swap(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


@pytest.mark.parametrize(("card", "edit", "field"), [
    ("area/area_nose", swap("ceiling_mm = 0.75", "ceiling_mm = 0.1"), "depth[0].ceiling_mm"),
    ("area/area_nose", swap("share = 0.00245", "share = 1.2"), "share"),
    ("area/area_nose", swap('"stamp"', '"laser"'), "suits"),
    ("area/area_nose", swap("least = 2", "least = 20"), "minutes.usual"),
    ("area/area_nose", swap('groups = ["scar"]', 'groups = ["scars"]'), "depth[0].groups"),
    ("area/area_nose", swap('groups = ["scar"]\n', ""), "depth"),
    ("device/device_exceed", swap("[1, 2, 3]", "[1, 2, 7]"), "label[0].fitzpatrick"),
    ("device/device_exceed", swap('device = "exceed"', 'device = "exceeed"'), "device"),
    ("device/device_exceed", swap("rank = 3", "rnak = 3"), "rnak"),
    ("indication/use_ageing", swap('level = "weak"', 'level = "fair"'), "level"),
    ("indication/use_ageing", swap("sessions = 4", "sessions = 0"), "sessions"),
    ("dose/numbing_lidocaine_4", swap("max_g = 180", "max_gram = 180"), "band[5].max_gram"),
    ("dose/numbing_lidocaine_4", swap('evidence = ["la-lmx-us"]', 'evidence = ["la-lmx"]'), "band[4].evidence"),
    ("limit/dark_skin", swap('warn = "pigment_risk"', 'warn = "pigment"'), "warn"),
    ("limit/flushing", swap("ceiling_mm = 1.0\n", ""), "warn"),
    ("protocol/puncture_density", swap("usual_per_cm2 = 275", "usual_per_cm2 = 500"), "usual_per_cm2"),
    ("protocol/pen_glide", swap('about = "stroke"', 'about = "strike"'), "about"),
    ("aftercare/after_no_sweat", swap("to_hours = 72", "to_hours = -1"), "to_hours"),
])  # fmt: skip
def test_a_card_that_does_not_fit_is_refused_by_file_and_field(
    tmp_path: Path, card: str, edit: Edit, field: str
) -> None:
    room = tmp_path / "knowledge"
    shutil.copytree(ROOM, room, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = room / "cards" / f"{card}.toml"
    file.write_text(edit(file.read_text("utf-8")), "utf-8")
    with pytest.raises(Unfit) as refusal:
        load.__wrapped__(room)
    assert refusal.value.file == f"cards/{card}.toml"
    assert refusal.value.field == field
