"""Every device as data: its facts, how well each is known, and what is not known."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from needlepoint.knowledge import Card, Unfit, load
from needlepoint.knowledge.device import FACTS, DeviceCard
from needlepoint.knowledge.loader import ROOM

CARDS = load().of_kind("device")
RECKONED = {
    "needles": "needles", "rows": "rows", "around": "around", "drum_diameter_mm": "drum_diameter_mm",
    "width_mm": "width_mm", "needle_length_mm": "needle_length_mm", "needle_diameter_mm": "needle_diameter_mm",
    "rate_hz": "rate_hz", "depth_mm": "setting_mm", "depth_step_mm": "setting_step_mm",
}  # fmt: skip


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_each_fact_of_its_kind_is_known_with_a_row_or_said_not_to_be(card: Card) -> None:
    device = card.holds(DeviceCard)
    names = [fact.name for fact in device.known]
    assert sorted([*names, *device.not_known]) == sorted(FACTS[device.facts.device.kind])
    assert all(fact.row.id in card.evidence for fact in device.known)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_every_number_a_plan_reckons_with_is_told_and_what_is_ill_known_says_so(card: Card) -> None:
    device = card.holds(DeviceCard)
    known = {fact.name: fact for fact in device.known}
    for name, field in RECKONED.items():
        if getattr(device.facts.device, field) is not None:
            assert name in known, f"{name} is used and nobody says where it comes from"
    for name in device.facts.device.less_sure:
        fact = known[name]
        sure = fact.how == "seen" and fact.row.grade.startswith("regulator")
        assert not sure, f"the vocabulary is less sure of {name}"


@pytest.mark.parametrize(("card", "records", "tolerance", "evaluated"), [
    ("device_skinpen_precision", ("DEN160029", "K202243"), None, 1.5),
    ("device_exceed", ("K180778", "K182407"), 0.15, 1.5),
    ("device_exceed_unlimited", ("K233709",), 0.15, 1.5), ("device_skinstylus", ("K200044",), None, 2.5),
    ("device_rejuvapen_nxt", ("K192138",), None, None), ("device_dr_pen", ("K230420",), None, None),
    ("device_pro_pen", ("K243800",), None, None), ("device_dermapen_4", (), None, None),
])  # fmt: skip
def test_a_device_carries_its_records_tolerance_and_evaluated_depth(
    card: str, records: tuple[str, ...], tolerance: float | None, evaluated: float | None
) -> None:
    device = load().cards[card].holds(DeviceCard)
    assert device.records == records
    assert (device.facts.tolerance_mm, device.facts.evaluated_depth_mm) == (tolerance, evaluated)


@pytest.mark.parametrize(("old", "new", "field"), [
    ("value = 192", "value = 190", "fact[0].value"), ('name = "rows"', 'name = "needles"', "fact[1].value"),
    ('how = "carried over"', 'how = "guessed"', "fact[0].how"),
    ('name = "needles"', 'name = "rate_hz"', "fact[0].name"),
    ('evidence = "roller.cit8.len"', 'evidence = "ci-warts"', "fact[5].evidence"),
])  # fmt: skip
def test_a_fact_that_does_not_fit_is_refused(tmp_path: Path, old: str, new: str, field: str) -> None:
    room = tmp_path / "knowledge"
    shutil.copytree(ROOM, room, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = room / "cards" / "device" / "device_dermaroller_192_0_5.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Unfit) as refusal:
        load.__wrapped__(room)
    assert refusal.value.field == field
