"""Signatures: what is one, and what only looks like one."""

from __future__ import annotations

import pytest

from needlepoint.actions import signatures
from needlepoint.actions.signatures import SignatureMissing

PATH = "M100 200 L140 90 L180 300 L220 120 L260 280 L300 150 L340 240 L380 190 L420 210 M500 100 L520 300"

EMPTY_DRAWINGS = [
    ("nothing", ""),
    ("blanks", "   \n"),
    ("a dot", "M10 10"),
    ("a tap", "M10 10 L10 10 L10 10 L10 10 L10 10 L10 10 L10 10 L10 10 L10 10"),
    ("a slip", "M10 10 L12 12 L14 14 L16 16 L18 18 L20 20 L22 22 L24 24 L26 26"),
    ("to and fro on one spot", "M10 10" + " L30 10 L10 10" * 20),
    ("one straight pull of two points", "M10 10 L900 300"),
    ("another language of paths", "M10 10 C20 20 30 30 40 40"),
    ("letters", "Paula Example"),
    ("outside the field", PATH.replace("M100 200", "M1001 200")),
    ("below the field", PATH.replace("M100 200", "M100 401")),
    ("a script", PATH + "<script>"),
    ("longer than anybody writes", "M1 1" + " L2 2" * 20_000),
    ("other digits", PATH.replace("L140 90", "L١٤٠ 90")),
]


@pytest.mark.parametrize("path", [row[1] for row in EMPTY_DRAWINGS], ids=[row[0] for row in EMPTY_DRAWINGS])
def test_a_drawing_without_real_strokes_is_no_signature(path: str) -> None:
    with pytest.raises(SignatureMissing) as refusal:
        signatures.drawn(path, name="Paula Example")
    assert refusal.value.field == "drawing"


@pytest.mark.parametrize("name", ["", "  ", "P", ". .", "1 2", "x" * 201, "Paula\x00Example", "Paula \u202eExample"])
def test_without_a_full_name_there_is_no_signature(name: str) -> None:
    with pytest.raises(SignatureMissing) as refusal:
        signatures.typed(name)
    assert refusal.value.field == "name"
    with pytest.raises(SignatureMissing) as refusal:
        signatures.drawn(PATH, name=name)
    assert refusal.value.field == "name"


@pytest.mark.parametrize("name", ["Paula Example", "Łucja Ünal-O’Neill", "Νίκη Ωραία", "李 小龙", "  Paula   Example "])
def test_a_typed_name_is_a_signature_in_any_script(name: str) -> None:
    signature = signatures.typed(name)
    assert signature.kept == signature.name == " ".join(name.split())
    assert signature.strokes == ()


def test_a_drawing_is_kept_as_it_was_drawn() -> None:
    signature = signatures.drawn(PATH, name="Paula Example")
    assert signature.kept == PATH
    assert [len(stroke) for stroke in signature.strokes] == [9, 2]
    assert signature.strokes[1] == ((500, 100), (520, 300))
