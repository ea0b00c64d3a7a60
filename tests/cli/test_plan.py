"""`needlepoint plan`: what it answers, how it refuses, one request or many."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from needlepoint.cli.main import run

GOOD: dict[str, Any] = {
    "id": "g", "on": "2026-11-22", "premises": "DE", "operator": "physician",
    "patient": {"birth_date": "1981-03-09", "sex": "female", "weight_kg": 65, "height_cm": 165, "fitzpatrick": 2},
    "device": None, "indication": "acne_scars", "areas": ["cheeks"], "anaesthetic": None, "answers": {},
}  # fmt: skip

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    def call(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["needlepoint", "plan", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as end:
            run()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


def changed(path: str, value: object) -> dict[str, Any]:
    """Give the good request with one field changed; `...` takes the field out."""
    request: dict[str, Any] = json.loads(json.dumps(GOOD))
    *parents, last = path.split(".")
    place = request
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return request


def test_a_request_is_answered_with_every_field_of_the_contract(shell: Shell) -> None:
    code, out, err = shell("-", "--json", stdin=json.dumps(changed("anaesthetic", "lidocaine_4")))
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer.keys() >= {
        "id", "areas", "total_minutes", "sessions", "interval_days", "anaesthetic", "warnings", "preparation",
        "aftercare", "missing", "knowledge_digest",
    }  # fmt: skip
    assert answer["areas"][0].keys() >= {
        "area", "area_cm2", "device", "depth_mm", "depth_ceiling_mm", "passes", "density_per_cm2", "minutes",
    }  # fmt: skip
    assert answer["anaesthetic"].keys() >= {
        "product", "max_g", "max_mg", "max_area_cm2", "max_minutes", "apply_before_min", "blocked_by",
    }  # fmt: skip
    assert answer["warnings"][0].keys() == {"code", "area", "text", "card"}
    assert answer["preparation"][0].keys() == {"card", "evidence", "from_hours", "to_hours", "text"}
    assert answer["total_minutes"] == pytest.approx(sum(area["minutes"] for area in answer["areas"]))
    assert len(answer["knowledge_digest"]) == 64


def test_without_an_id_none_is_given_back_and_keys_with_x_are_ignored(shell: Shell) -> None:
    request = changed("id", ...) | {"x_note": 1}
    assert "id" not in json.loads(shell("-", "--json", stdin=json.dumps(request))[1])


def test_the_text_form_prints_the_same_with_units(shell: Shell) -> None:
    code, out, _ = shell("-", stdin=json.dumps(changed("anaesthetic", "lidocaine_4")))
    assert code == 0
    for words in ("1.5 mm, never above 1.5 mm", "199 cm2", "punctures per cm2", "12.0 min", "not a permission",
                  "3 sessions, 28 days apart", "at most 180 g", "Still to be answered",
                  "between 0.30 and 1.50 mm", "47 to 67 min"):  # fmt: skip
        assert words in out


@pytest.mark.parametrize(("path", "value", "field"), [
    ("on", ..., "on"), ("patient", None, "patient"), ("patient.sex", ..., "patient.sex"), ("device", ..., "device"),
    ("anaesthetic", ..., "anaesthetic"), ("answers", ..., "answers"), ("areas", ..., "areas"),
    ("patient.weight_kg", ..., "patient.weight_kg"), ("patient.height_cm", None, "patient.height_cm"),
    ("indication", ..., "indication"), ("depht", 1, "depht"), ("patient.wieght_kg", 64, "patient.wieght_kg"),
    ("depth_mm", "1", "depth_mm"), ("depth_mm", True, "depth_mm"), ("depth_mm", [1], "depth_mm"),
    ("depth_mm", 0, "depth_mm"), ("depth_mm", 5.01, "depth_mm"), ("depth_mm", {"cheeks": -1}, "depth_mm.cheeks"),
    ("depth_mm", {"neck": 1}, "depth_mm.neck"), ("depth_mm", {"face": 1}, "depth_mm.face"),
    ("area_cm2", 100, "area_cm2"), ("area_cm2", {"hands": 90}, "area_cm2.hands"),
    ("area_cm2", {"cheeks": 0}, "area_cm2.cheeks"), ("area_cm2", {"cheeks": 20000.1}, "area_cm2.cheeks"),
    ("area_cm2", {"cheeks": "90"}, "area_cm2.cheeks"), ("target_density_per_cm2", 0, "target_density_per_cm2"),
    ("target_density_per_cm2", 5001, "target_density_per_cm2"), ("device", "skinpen", "device"),
    ("device", 7, "device"), ("anaesthetic", "emla", "anaesthetic"), ("operator", "Physician", "operator"),
    ("premises", "UK", "premises"), ("premises", "de", "premises"), ("areas", [], "areas"),
    ("areas", ["cheeks", "elsewhere"], "areas[1]"), ("areas", ["cheeks", "cheeks"], "areas[1]"),
    ("areas", "cheeks", "areas"), ("on", "2026-02-30", "on"),
    ("patient.birth_date", "2027-01-01", "patient.birth_date"),
    ("patient.fitzpatrick", 7, "patient.fitzpatrick"), ("patient.fitzpatrick", 2.5, "patient.fitzpatrick"),
    ("answers.smokes", "no", "answers.smokes"), ("answers.pregnant", "true", "answers.pregnant"),
    ("answered_on.pregnant", "2026-11-20", "answered_on.pregnant"),
])  # fmt: skip
def test_bad_input_is_refused_by_its_field(shell: Shell, path: str, value: object, field: str) -> None:
    code, out, err = shell("-", "--json", stdin=json.dumps(changed(path, value)))
    assert (code, out) == (2, "")
    assert err.startswith(f"needlepoint: {field}: ")
    assert err.count("\n") == 1


def test_measured_areas_need_neither_height_nor_weight(shell: Shell) -> None:
    patient = {key: value for key, value in GOOD["patient"].items() if key not in ("weight_kg", "height_cm")}
    request = GOOD | {"patient": patient, "area_cm2": {"cheeks": 120}}
    assert shell("-", "--json", stdin=json.dumps(request))[0] == 0
    for more in ({"anaesthetic": "injected_lidocaine_plain"}, {"areas": ["cheeks", "nose"]}):
        assert shell("-", "--json", stdin=json.dumps(request | more))[2].startswith("needlepoint: patient.weight_kg: ")
    child = request | {"patient": patient | {"birth_date": "2015-01-01"}, "anaesthetic": "lidocaine_4"}
    assert shell("-", "--json", stdin=json.dumps(child))[2].startswith("needlepoint: patient.weight_kg: ")


@pytest.mark.parametrize(("text", "field"), [
    ("", "REQUEST"), ("{", "REQUEST"), ("[]", "REQUEST"), ('{"on": "2026-11-22", "on": "2026-11-22"}', "on"),
    ('{"depth_mm": {"cheeks": NaN}}', "depth_mm.cheeks"),
])  # fmt: skip
def test_a_file_that_is_not_one_strict_json_object_is_refused(shell: Shell, text: str, field: str) -> None:
    code, out, err = shell("-", "--json", stdin=text)
    assert (code, out) == (2, "")
    assert err.startswith(f"needlepoint: {field}: ")


@pytest.mark.parametrize(("arguments", "field"), [
    ((), "REQUEST"), (("a.json", "--batch", "b.jsonl"), "--batch"), (("--jsno",), "--jsno"),
    (("no-such-file.json",), "REQUEST"), (("--batch", "no-such-file.jsonl"), "REQUESTS"),
])  # fmt: skip
def test_a_wrong_command_line_is_refused(shell: Shell, arguments: tuple[str, ...], field: str) -> None:
    code, out, err = shell(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"needlepoint: {field}: ")


def test_a_batch_answers_each_line_as_the_single_command_does(shell: Shell, tmp_path: Path) -> None:
    requests = [GOOD, changed("device", "exceed"), changed("areas", ["face", "abdomen"]), changed("depth_mm", 9)]
    batch = tmp_path / "requests.jsonl"
    batch.write_text("\n".join([*map(json.dumps, requests), "", "{"]) + "\n", "utf-8")
    code, out, err = shell("--batch", str(batch), "--json")
    assert (code, err) == (0, "")
    answers = [json.loads(line) for line in out.splitlines()]
    assert answers[:3] == [json.loads(shell("-", "--json", stdin=json.dumps(request))[1]) for request in requests[:3]]
    assert (answers[3]["id"], answers[3]["error"]["class"], answers[3]["error"]["field"]) == (
        "g",
        "out_of_range",
        "depth_mm",
    )
    assert [answer["error"]["class"] for answer in answers[4:]] == ["not_json", "not_json"]
    assert {answer["error"]["field"] for answer in answers[4:]} == {"$"}


def test_the_installed_command_plans(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(GOOD), "utf-8")
    command = [sys.executable, "-c", "from needlepoint.cli.main import run; run()", "plan", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["areas"][0]["area"] == "cheeks"
