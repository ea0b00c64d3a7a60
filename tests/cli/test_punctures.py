"""`needlepoint punctures`: what passes leave on a large piece of skin."""

from __future__ import annotations

import json
import sys

import pytest

from needlepoint.cli.main import run


def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["needlepoint", "punctures", *arguments])
    with pytest.raises(SystemExit) as end:
        run()
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


@pytest.mark.slow
def test_a_face_of_punctures_is_counted_the_same_for_the_same_seed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("dermaroller_192_1_5", "--passes", "19", "--area-cm2", "60", "--json")
    code, out, err = call(monkeypatch, capsys, *asked)
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["per_cm2"] == pytest.approx(answer["nominal_per_cm2"], rel=0.05)
    assert answer["distinct_per_cm2"] <= answer["per_cm2"]
    assert 0.004 < answer["opened"] < 0.0105
    assert json.loads(call(monkeypatch, capsys, *asked)[1]) == answer
    assert json.loads(call(monkeypatch, capsys, *asked, "--seed", "8")[1]) != answer
    assert "nearest_mm" in call(monkeypatch, capsys, "exceed", "--passes", "1", "--area-cm2", "4")[1]


@pytest.mark.parametrize(("arguments", "field"), [
    (("no_such_pen", "--passes", "1"), "DEVICE"), (("rf_needling", "--passes", "1"), "DEVICE"),
    (("exceed", "--passes", "0"), "--passes"), (("exceed", "--passes", "101"), "--passes"),
    (("exceed", "--passes", "1", "--directions", "3"), "--directions"),
    (("exceed", "--passes", "1", "--area-cm2", "nan"), "--area-cm2"),
    (("exceed", "--passes", "1", "--area-cm2", "20001"), "--area-cm2"),
    (("generic_roller", "--passes", "1", "--depth-mm", "6"), "--depth-mm"),
    (("exceed", "--passes", "1", "--seed", "-1"), "--seed"),
])  # fmt: skip
def test_what_cannot_be_counted_is_refused_by_its_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], field: str
) -> None:
    code, out, err = call(monkeypatch, capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"needlepoint: {field}: ")
    assert err.count("\n") == 1
