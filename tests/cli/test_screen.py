"""`needlepoint screen` from outside: what it answers, what it refuses, and how."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from needlepoint.knowledge import load
from tests.cli.running import screen
from tests.core.screening.cases import COMPLETE, changed

KEYS = {"verdict", "not_before", "excluded_areas", "findings", "missing", "knowledge_digest"}


def test_the_complete_case_is_answered(needlepoint: Any, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(COMPLETE), "utf-8")
    result = needlepoint("screen", str(file), "--json")
    assert (result.code, result.err) == (0, "")
    answer = json.loads(result.out)
    assert KEYS | {"id"} == set(answer)
    assert answer["id"] == "shape-1"
    assert answer["verdict"] == "clear"
    assert answer["knowledge_digest"] == load().digest


def test_a_finding_has_the_shape_of_the_contract(needlepoint: Any) -> None:
    case = changed({"wart_areas": ["cheeks"], "isotretinoin_last_dose": "2026-11-01"})
    del case["id"]
    answer = json.loads(screen(needlepoint, case).out)
    assert "id" not in answer
    assert [finding["verdict"] for finding in answer["findings"]] == ["defer", "avoid_area"]
    assert answer["not_before"] == "2027-04-30"
    assert answer["excluded_areas"] == ["cheeks"]
    for finding in answer["findings"]:
        assert {"card", "evidence", "verdict", "areas", "not_before", "because", "tell", "sources"} <= set(finding)
        assert all({"key", "citation", "address"} == set(source) for source in finding["sources"])


def test_without_json_the_same_content_is_readable(needlepoint: Any) -> None:
    case = changed({"wart_areas": ["cheeks"], "diabetes": None})
    result = needlepoint("screen", "-", stdin=json.dumps(case).encode())
    assert result.code == 0
    for words in ("ASK", "not been adopted", "Wart in a planned area", "ci-warts", "Do you have diabetes?"):
        assert words in result.out


def test_null_counts_as_absent_where_the_contract_says_so(needlepoint: Any) -> None:
    case = changed(id=None, depth_mm=None, anaesthetic=None, answered_on=None, patient={"weight_kg": None})
    answer = json.loads(screen(needlepoint, case).out)
    assert answer["verdict"] == "clear"
    assert "id" not in answer


def test_keys_that_begin_with_x_are_ignored_anywhere(needlepoint: Any) -> None:
    case = changed({"x_note": 1}, x_any={"a": [None]}, patient={"x_room": "4"}, answered_on={"x_day": "never"})
    assert json.loads(screen(needlepoint, case).out)["verdict"] == "clear"


def test_groups_stand_for_their_members_and_come_out_in_vocabulary_order(needlepoint: Any) -> None:
    case = changed({"wart_areas": ["face_margins", "neck", "elsewhere"]}, areas=["neck", "ears", "face", "cheeks"])
    answer = json.loads(screen(needlepoint, case).out)
    warts = next(finding for finding in answer["findings"] if finding["card"] == "warts")
    assert warts["areas"] == ["ears", "neck"]


@pytest.mark.parametrize(
    ("fields", "answers", "row"),
    [
        ({"depth_mm": 1.9, "device": "exceed"}, {"flat_mole_areas": []}, "ci-depth-exceed"),
        ({"areas": ["eyelids"]}, {}, "ci-orbital-rim"),
        ({"areas": ["lips"]}, {}, "ci-mucosa-lips"),
        ({"device": "rf_needling"}, {}, "ci-rf-out-of-scope"),
        ({"premises": "US-CA", "operator": "aesthetician"}, {"premises_record": []}, "wh-ca"),
        ({"premises": "US-AZ", "operator": "aesthetician", "depth_mm": 0.75}, {"premises_record": []}, "wh-az"),
        ({"premises": "GB-SCT", "depth_mm": 1.5}, {"premises_record": []}, "wh-scot-act"),
        ({"patient": {"birth_date": "2010-01-01"}}, {}, "ci-age-18-cosmetic"),
    ],
)
def test_what_the_rules_forbid_is_answered_and_not_refused(
    needlepoint: Any, fields: dict[str, Any], answers: dict[str, Any], row: str
) -> None:
    answer = json.loads(screen(needlepoint, changed(answers, **fields)).out)
    assert answer["verdict"] in ("contraindicated", "avoid_area")
    assert row in {row for finding in answer["findings"] for row in finding["evidence"]}


def test_help_is_no_fault(needlepoint: Any) -> None:
    for arguments in (["--help"], ["screen", "--help"]):
        result = needlepoint(*arguments)
        assert (result.code, result.err) == (0, "")
        assert "screen" in result.out


def test_a_batch_answers_line_by_line(needlepoint: Any) -> None:
    good = changed({"wart_areas": ["cheeks"]}, id="a")
    lines = [json.dumps(good), json.dumps(changed(id="b", device="pen")), "", '{"id": "c"', json.dumps(good)]
    result = needlepoint("screen", "--batch", "-", "--json", stdin=("\n".join(lines) + "\n").encode())
    assert (result.code, result.err) == (0, "")
    answers = [json.loads(line) for line in result.out.splitlines()]
    assert len(answers) == len(lines)
    assert answers[0] == json.loads(screen(needlepoint, good).out) == answers[4]
    assert answers[1] == {"id": "b", "error": {"class": "unknown_id", "field": "device", "message": "is no known id"}}
    assert [answer["error"]["field"] for answer in answers[2:4]] == ["$", "$"]
    assert "id" not in answers[3]


def test_a_batch_without_a_line_feed_at_the_end_has_the_same_answers(needlepoint: Any) -> None:
    line = json.dumps(COMPLETE).encode()
    assert needlepoint("screen", "--batch", "-", "--json", stdin=line).out.count("\n") == 1
    assert needlepoint("screen", "--batch", "-", "--json", stdin=line + b"\n\n").out.count("\n") == 2


@pytest.mark.parametrize(
    ("line", "klass"),
    [('{"id": "d", "depth_mm": 1e999}', "not_finite"), ('{"id": "d", "x_a": {"b": 1, "b": 2}}', "duplicate_key")],
)
def test_a_bad_line_keeps_its_id_where_one_can_be_read(needlepoint: Any, line: str, klass: str) -> None:
    result = needlepoint("screen", "--batch", "-", "--json", stdin=line.encode())
    answer = json.loads(result.out)
    assert (result.code, answer["id"], answer["error"]["class"]) == (0, "d", klass)


def test_a_text_that_no_terminal_can_show_is_still_written(tmp_path: Path) -> None:
    import subprocess

    file = tmp_path / "case.json"
    file.write_text(json.dumps(changed(id="\ud800")), "utf-8")
    command = [sys.executable, "-c", "from needlepoint.cli.main import run; run()", "screen", str(file)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.startswith(b"\\ud800\n")


def test_screening_needs_neither_the_web_nor_the_imaging(tmp_path: Path) -> None:
    """A fresh process answers without loading what only other commands need."""
    import subprocess

    file = tmp_path / "case.json"
    file.write_text(json.dumps(COMPLETE), "utf-8")
    code = (
        "import sys; sys.argv = ['needlepoint', 'screen', sys.argv[1], '--json']\n"
        "from needlepoint.cli import main\n"
        "try: main.run()\n"
        "except SystemExit: pass\n"
        "print(*[name for name in ('django', 'numpy', 'cv2', 'scipy', 'numba', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    answer, loaded = done.stdout.splitlines()
    assert json.loads(answer)["verdict"] == "clear"
    assert loaded == ""
