"""What the loader refuses, by file and field; and when the digest changes."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from needlepoint.knowledge import Unfit, load
from needlepoint.knowledge.loader import ROOM

CARD = """\
kind = "contraindication"
title = "Wart in a planned area"
when = { ask = "wart_areas", overlaps = "planned" }
verdict = "avoid_area"
because = "Why."
tell = "Say."
evidence = ["ci-warts"]
source = [{ id = "EXC-IFU", grade = "regulator label" }]
standing = { confidence = "seen", proposal = false }
valid = { from = 2000-01-01 }

[[case]]
given = {}
expect = "ask"
"""
WHEN = '{ ask = "wart_areas", overlaps = "planned" }'
NAME = "cards/contraindication/a_card.toml"


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """Give a knowledge room with names, questions and evidence, and no card."""
    for file in ROOM.glob("*.toml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "cards" / "contraindication").mkdir(parents=True)
    return tmp_path


def write(room: Path, text: str, name: str = NAME) -> None:
    file = room / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")


def test_a_fit_card_is_loaded(room: Path) -> None:
    write(room, CARD)
    card = load(room).cards["a_card"]
    assert card.title == "Wart in a planned area"
    assert card.citations[0].source.key == "EXC-IFU"
    assert load(room) is load(room)


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ('source = [{ id = "EXC-IFU", grade = "regulator label" }]', "", "source"),
        ('source = [{ id = "EXC-IFU", grade = "regulator label" }]', "source = []", "source"),
        ('id = "EXC-IFU"', 'id = "EXC-UFI"', "source[0].id"),
        ('evidence = ["ci-warts"]', "evidence = []", "evidence"),
        ('evidence = ["ci-warts"]', 'evidence = ["ci-wart"]', "evidence"),
        ('ask = "wart_areas"', 'ask = "wort_areas"', "when.ask"),
        ('overlaps = "planned"', 'overlaps = "somewhere"', "when.overlaps"),
        ('overlaps = "planned"', "within_days = 14", "when.within_days"),
        (', overlaps = "planned"', "", "when.ask"),
        ('overlaps = "planned"', 'overlaps = "planned", present = true', "when.present"),
        ('overlaps = "planned"', 'overlaps = "planned", lasts_weeks = 2', "when.lasts_weeks"),
        (WHEN, '{ ask = "smoking", is = "pipe" }', "when.is"),
        (WHEN, '{ ask = "pregnant", is = 1 }', "when.is"),
        (WHEN, '{ field = "device", is = ["excede"] }', "when.is"),
        (WHEN, '{ field = "indication", is = ["acne"] }', "when.is"),
        (WHEN, '{ field = "areas", overlaps = ["belly"] }', "when.overlaps"),
        (WHEN, '{ field = "weight", above = 3 }', "when.field"),
        (WHEN, '{ field = "depth_inch", above = 3 }', "when.field"),
        (WHEN, '{ ask = "chemo_last", within_days = 9, soft_days = 3 }', "when.within_days"),
        (WHEN, '{ ask = "medicines", includes_class = ["sweets"] }', "when.includes_class"),
        (WHEN, "{ all = [] }", "when.all"),
        (WHEN, "{ sometimes = true }", "when.ask"),
        ('when = { ask = "wart_areas", overlaps = "planned" }', "", "when"),
        ('verdict = "avoid_area"', 'verdict = "perhaps"', "verdict"),
        ('verdict = "avoid_area"', 'verdict = "ask"', "verdict"),
        ('verdict = "avoid_area"', "", "verdict"),
        ('title = "Wart in a planned area"', 'title = ""', "title"),
        ('tell = "Say."', "", "tell"),
        ('because = "Why."', "because = 3", "because"),
        ('kind = "contraindication"', 'kind = "hunch"', "kind"),
        ('kind = "contraindication"', 'kind = "jurisdiction"', "kind"),
        ('because = "Why."', 'because = "Why."\nwhy = "So."', "why"),
        ('confidence = "seen"', 'confidence = "sure"', "standing.confidence"),
        ("proposal = false", 'proposal = "no"', "standing.proposal"),
        ("from = 2000-01-01", 'from = "2000-01-01"', "valid.from"),
        ("from = 2000-01-01", "from = 2000-01-01T00:00:00", "valid.from"),
        ("from = 2000-01-01", "from = 2000-01-01, to = 1999-12-31", "valid.to"),
        ("from = 2000-01-01", "to = 2000-01-01", "valid.from"),
        ("from = 2000-01-01", "from = 2000-13-01", "file"),
        ("given = {}", "given = { wart_areas = [] }", "case"),
        ('[[case]]\ngiven = {}\nexpect = "ask"\n', "", "case"),
        ('expect = "ask"', 'expect = "maybe"', "case[0].expect"),
        ('because = "Why."', 'because = "Why."\noverrules = ["no_such_card"]', "overrules"),
        ('because = "Why."', 'because = "Why."\nbeside = ["no_such_card"]', "beside"),
    ],
)  # fmt: skip
def test_an_unfit_card_is_refused_by_file_and_field(room: Path, was: str, becomes: str, field: str) -> None:
    assert was in CARD
    write(room, CARD.replace(was, becomes))
    with pytest.raises(Unfit) as refusal:
        load(room)
    # A card that claims another kind than its folder has may stumble over that kind's own keys first.
    assert refusal.value.file == NAME
    assert refusal.value.field == field
    assert str(refusal.value).startswith(f"{NAME}: {field}: ")


def test_an_id_is_taken_once_over_all_kinds(room: Path) -> None:
    write(room, CARD)
    write(room, CARD, "cards/device/a_card.toml")
    with pytest.raises(Unfit, match="the id a_card is taken by"):
        load(room)


def test_a_file_name_must_be_in_snake_case(room: Path) -> None:
    write(room, CARD, "cards/contraindication/A-Card.toml")
    with pytest.raises(Unfit, match="is not in snake_case"):
        load(room)


def test_a_file_that_is_no_toml_is_refused(room: Path) -> None:
    write(room, "kind = ")
    with pytest.raises(Unfit, match="file: cannot be read"):
        load(room)


OTHER = CARD.replace('verdict = "avoid_area"', 'verdict = "contraindicated"')


def test_two_verdicts_on_one_condition_on_one_day_are_refused(room: Path) -> None:
    write(room, CARD)
    write(room, OTHER, "cards/contraindication/b_card.toml")
    with pytest.raises(Unfit, match="b_card and a_card have the same condition and different verdicts") as refusal:
        load(room)
    assert refusal.value.field == "verdict"


def test_the_same_condition_written_in_another_order_is_still_the_same(room: Path) -> None:
    smokes = '{ ask = "smoking", is = ["vaping", "cigarettes_under_10"] }'
    smokes_too = '{ is = ["cigarettes_under_10", "vaping"], ask = "smoking" }'
    both = f"{{ all = [{WHEN}, {smokes}] }}"
    turned = f"{{ all = [{smokes_too}, {WHEN}] }}"
    write(room, CARD.replace(WHEN, both))
    write(room, OTHER.replace(WHEN, turned), "cards/contraindication/b_card.toml")
    with pytest.raises(Unfit, match="the same condition"):
        load(room)


@pytest.mark.parametrize(
    "settle",
    [
        lambda text: text.replace('tell = "Say."', 'tell = "Say."\noverrules = ["a_card"]'),
        lambda text: text.replace('tell = "Say."', 'tell = "Say."\nbeside = ["a_card"]'),
        lambda text: text.replace("from = 2000-01-01", "from = 1999-01-01, to = 1999-12-31"),
    ],
    ids=["overrules", "beside", "other days"],
)
def test_a_stated_resolution_lets_both_stand(room: Path, settle: Callable[[str], str]) -> None:
    write(room, CARD)
    write(room, settle(OTHER), "cards/contraindication/b_card.toml")
    assert set(load(room).cards) == {"a_card", "b_card"}


def test_a_milder_card_overrules_no_graver_one(room: Path) -> None:
    write(room, CARD.replace('tell = "Say."', 'tell = "Say."\noverrules = ["b_card"]'))
    write(room, OTHER, "cards/contraindication/b_card.toml")
    with pytest.raises(Unfit, match="b_card is graver than a_card"):
        load(room)


@pytest.mark.parametrize(
    ("name", "was", "becomes", "field"),
    [
        ("vocabulary.toml", 'kind = "rf"', 'kind = "laser"', "devices[17].kind"),
        ("questions.toml", 'kind = "boolean"', 'kind = "bool"', "question[0].kind"),
        ("questions.toml", 'unit = "%"', "", "question[63].unit"),
        ("evidence.toml", 'action = "info"', 'action = "none"', "pol-device-overlay.action"),
        ("sources.toml", 'kind = "none"', 'kind = "rumour"', "MEM.kind"),
    ],
)
def test_an_unfit_list_is_refused_by_file_and_field(room: Path, name: str, was: str, becomes: str, field: str) -> None:
    file = room / name
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes), "utf-8")
    with pytest.raises(Unfit) as refusal:
        load(room)
    assert refusal.value.file == name
    if name != "questions.toml" or "unit" not in was:
        assert refusal.value.field.split(".")[-1] == field.split(".")[-1]


def digest(room: Path) -> str:
    return load.__wrapped__(room).digest


@pytest.mark.parametrize(
    ("name", "was", "becomes"),
    [
        (NAME, "overlaps", "present = true #"),
        (NAME, "Say.", "Say so."),
        (NAME, "Why.", "Because."),
        (NAME, 'verdict = "avoid_area"', 'verdict = "defer"'),
        (NAME, "2000-01-01", "2000-01-02"),
        (NAME, "proposal = false", "proposal = true"),
        ("sources.toml", "p.34", "p. 34"),
        ("questions.toml", "stale_after_days = 90", "stale_after_days = 91"),
        ("questions.toml", "Do you have a fever", "Have you a fever"),
        ("vocabulary.toml", 'label = "Forehead, eyebrows included"', 'label = "Forehead"'),
    ],
)
def test_the_digest_changes_with_a_rule_a_number_a_source_or_a_text(
    room: Path, name: str, was: str, becomes: str
) -> None:
    write(room, CARD)
    before = digest(room)
    file = room / name
    text = file.read_text("utf-8")
    assert was in text
    changed = text.replace(', overlaps = "planned" }', ", present = true }") if was == "overlaps" else None
    file.write_text(changed or text.replace(was, becomes), "utf-8")
    assert digest(room) != before


def test_the_digest_does_not_change_with_form_comments_or_worked_cases(room: Path) -> None:
    write(room, CARD)
    before = digest(room)
    lines = CARD.replace("Wart in a planned area", "Wart  in a\\n planned area").split("\n\n")[0].splitlines()
    write(room, "# a comment\n" + "\n\n".join(reversed(lines)) + '\n\n[[case]]\ngiven = {}\nexpect = "clear"\n')
    assert digest(room) == before
    assert len(before) == 64


def test_only_cards_of_the_day_are_given() -> None:
    knowledge = load()
    assert "scotland_licence" not in knowledge.on(date(2027, 9, 5)).cards
    assert "scotland_licence" in knowledge.on(date(2027, 9, 6)).cards
    assert knowledge.on(date(2027, 9, 6)).digest == knowledge.digest
    assert all(card.kind == "contraindication" for card in knowledge.of_kind("contraindication"))
