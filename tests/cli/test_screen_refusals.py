"""What `needlepoint screen` refuses, and that it names the field."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from needlepoint.cli.main import run
from needlepoint.knowledge import load
from tests.cli.running import refused, screen
from tests.core.screening.cases import changed


def without(field: str) -> dict[str, Any]:
    case = changed()
    holder = case
    *way, last = field.split(".")
    for step in way:
        holder = holder[step]
    del holder[last]
    return case


@pytest.mark.parametrize(
    "field",
    ["on", "premises", "operator", "device", "indication", "areas", "patient", "patient.birth_date", "patient.sex",
     "patient.fitzpatrick", "answers"],
)  # fmt: skip
def test_a_missing_field_is_named(needlepoint: Any, field: str) -> None:
    assert refused(screen(needlepoint, without(field)))[0] == field


BAD: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("unknown_field", "patient.wieght_kg", {"patient": {"wieght_kg": 64}}, {}),
    ("unknown_field", "colour", {"colour": "red"}, {}),
    ("missing_field", "device", {"device": None}, {}),
    ("wrong_type", "id", {"id": 7}, {}),
    ("wrong_type", "on", {"on": 20261122}, {}),
    ("wrong_type", "areas", {"areas": "cheeks"}, {}),
    ("wrong_type", "areas[1]", {"areas": ["cheeks", 3]}, {}),
    ("wrong_type", "depth_mm", {"depth_mm": "0.5"}, {}),
    ("wrong_type", "depth_mm", {"depth_mm": True}, {}),
    ("wrong_type", "patient.fitzpatrick", {"patient": {"fitzpatrick": 2.5}}, {}),
    ("wrong_type", "answers.pregnant", {}, {"pregnant": "true"}),
    ("wrong_type", "answers.pregnant", {}, {"pregnant": 1}),
    ("wrong_type", "answers.smoking", {}, {"smoking": ["no"]}),
    ("wrong_type", "answers.medicines", {}, {"medicines": "doxycycline"}),
    ("wrong_type", "answers.medicines[0]", {}, {"medicines": [1]}),
    ("wrong_type", "answers.chemo_last", {}, {"chemo_last": 2026}),
    ("wrong_type", "answers.chemo_last", {}, {"chemo_last": False}),
    ("wrong_type", "answers.hba1c_percent", {}, {"hba1c_percent": "7"}),
    ("wrong_type", "answered_on", {"answered_on": []}, {}),
    ("wrong_type", "answered_on.pregnant", {"answered_on": {"pregnant": 3}}, {}),
    ("out_of_range", "depth_mm", {"depth_mm": 0}, {}),
    ("out_of_range", "depth_mm", {"depth_mm": 5.01}, {}),
    ("out_of_range", "depth_mm", {"depth_mm": -1}, {}),
    ("out_of_range", "patient.weight_kg", {"patient": {"weight_kg": 0.3}}, {}),
    ("out_of_range", "patient.weight_kg", {"patient": {"weight_kg": 501}}, {}),
    ("out_of_range", "patient.height_cm", {"patient": {"height_cm": 24}}, {}),
    ("out_of_range", "patient.height_cm", {"patient": {"height_cm": 261}}, {}),
    ("out_of_range", "patient.fitzpatrick", {"patient": {"fitzpatrick": 0}}, {}),
    ("out_of_range", "patient.fitzpatrick", {"patient": {"fitzpatrick": 7}}, {}),
    ("out_of_range", "patient.birth_date", {"patient": {"birth_date": "1895-11-22"}}, {}),
    ("out_of_range", "answers.hba1c_percent", {}, {"hba1c_percent": 2.9}),
    ("out_of_range", "answers.hba1c_percent", {}, {"hba1c_percent": 20.5}),
    ("unknown_id", "operator", {"operator": "doctor"}, {}),
    ("unknown_id", "operator", {"operator": "Physician"}, {}),
    ("unknown_id", "device", {"device": "pen"}, {}),
    ("unknown_id", "indication", {"indication": "acne"}, {}),
    ("unknown_id", "anaesthetic", {"anaesthetic": "emla"}, {}),
    ("unknown_id", "patient.sex", {"patient": {"sex": "Female"}}, {}),
    ("unknown_id", "answers.smoking", {}, {"smoking": "pipe"}),
    ("unknown_id", "answers.medicines[1]", {}, {"medicines": ["doxycycline", "aspirin"]}),
    ("unknown_id", "answers.medicines[0]", {}, {"medicines": ["unknown"]}),
    ("unknown_area", "areas[1]", {"areas": ["cheeks", "belly"]}, {}),
    ("unknown_area", "areas[0]", {"areas": ["elsewhere"]}, {}),
    ("unknown_area", "areas[0]", {"areas": ["Cheeks"]}, {}),
    ("unknown_area", "answers.wart_areas[0]", {}, {"wart_areas": ["belly"]}),
    ("unknown_question", "answers.isotretinoin_last_doze", {}, {"isotretinoin_last_doze": "never"}),
    ("unknown_question", "answered_on.warts", {"answered_on": {"warts": "2026-11-22"}}, {}),
    ("duplicate_item", "areas[2]", {"areas": ["cheeks", "forehead", "cheeks"]}, {}),
    ("duplicate_item", "answers.medicines[1]", {}, {"medicines": ["doxycycline", "doxycycline"]}),
    ("duplicate_item", "answers.wart_areas[1]", {}, {"wart_areas": ["face", "face"]}),
    ("empty_list", "areas", {"areas": []}, {}),
    *(("bad_code", "premises", {"premises": code}, {})
      for code in ("UK", "XX", "de", "D", "DEU", "DE-", "DE-BYBY", "DE_BY", "DE-by", "", " DE", "ＤＥ", "DE\n")),
    ("impossible_date", "on", {"on": "2026-02-30"}, {}),
    ("impossible_date", "on", {"on": "2026-11-22T00:00:00"}, {}),
    ("impossible_date", "on", {"on": "22.11.2026"}, {}),
    ("impossible_date", "on", {"on": "20261122"}, {}),
    ("impossible_date", "on", {"on": "never"}, {}),
    ("impossible_date", "on", {"on": "٢٠٢٦-11-22"}, {}),
    ("impossible_date", "patient.birth_date", {"patient": {"birth_date": "1981-3-9"}}, {}),
    ("impossible_date", "answers.chemo_last", {}, {"chemo_last": "always"}),
    ("impossible_date", "answers.chemo_last", {}, {"chemo_last": "1981-03-08"}),
    ("impossible_date", "answered_on.pregnant", {"answered_on": {"pregnant": "yesterday"}}, {}),
    ("future_date", "answers.isotretinoin_last_dose", {}, {"isotretinoin_last_dose": "2027-01-04"}),
    ("future_date", "patient.birth_date", {"patient": {"birth_date": "2026-11-23"}}, {}),
    ("future_date", "answered_on.pregnant", {"answered_on": {"pregnant": "2026-11-23"}}, {}),
    ("contradiction", "answered_on.hba1c_date", {"answered_on": {"hba1c_date": "2026-11-22"}}, {}),
    ("contradiction", "answers.isotretinoin_last_dose", {}, {"isotretinoin_now": True}),
    ("contradiction", "answers.cold_sore_ever", {}, {"cold_sore_today": True}),
    ("contradiction", "answers.cold_sore_last_healed", {}, {"cold_sore_last_healed": "2026-01-01"}),
    ("contradiction", "answers.eczema_kinds", {}, {"eczema_areas": ["back"]}),
    ("contradiction", "answers.eczema_cleared", {}, {"eczema_cleared": "2026-01-01"}),
    ("contradiction", "answers.koebner_conditions", {}, {"psoriasis_areas": ["back"]}),
    ("contradiction", "answers.rosacea_ever", {}, {"rosacea_areas": ["cheeks"]}),
    ("contradiction", "answers.acne_extent", {}, {"acne_extent": "comedones_only"}),
    ("contradiction", "answers.connective_tissue_disease", {}, {"scleroderma_areas": ["back"]}),
    ("contradiction", "answers.needling_last", {}, {"needling_marks_areas": ["back"]}),
    ("contradiction", "answers.radiotherapy_last", {}, {"irradiated_areas": ["back"]}),
    ("contradiction", "answers.steroid_course", {}, {"steroid_course": "high"}),
    ("contradiction", "answers.botulinum_areas", {}, {"botulinum_areas": ["forehead"]}),
    ("contradiction", "answers.filler_areas", {}, {"filler_areas": ["forehead"]}),
    ("contradiction", "answers.filler_kind", {}, {"filler_kind": "permanent"}),
    ("contradiction", "answers.implanted_device_areas", {}, {"heart_lung_blood": ["pacemaker_or_defibrillator"]}),
    ("contradiction", "answers.pregnant", {"patient": {"sex": "male"}}, {"pregnant": True}),
    ("contradiction", "answers.breastfeeding", {"patient": {"sex": "male"}}, {"breastfeeding": True}),
    ("contradiction", "answers.delivery_last", {"patient": {"sex": "male"}}, {"delivery_last": "2020-01-01"}),
    ("contradiction", "answers.pregnancy_test", {}, {"pregnant": True, "pregnancy_test": "negative"}),
    ("contradiction", "answers.pregnancy_test", {}, {"pregnancy_test": "positive"}),
    ("contradiction", "answers.keloid_own", {"indication": "keloid_scars"}, {}),
    ("contradiction", "answers.hypertrophic_scar_ever", {"indication": "hypertrophic_scars"}, {}),
    ("contradiction", "answers.melasma_areas", {"indication": "melasma"}, {}),
    ("contradiction", "answers.scar_formed", {"indication": "acne_scars"}, {"scar_formed": "never"}),
    ("contradiction", "answers.striae_formed", {"indication": "stretch_marks"}, {"striae_formed": "never"}),
    ("contradiction", "answers.clot_history", {}, {"clot_history": ["stent_under_12_months", "stent_older"]}),
]  # fmt: skip


@pytest.mark.parametrize(("klass", "field", "fields", "answers"), BAD)
def test_bad_input_is_refused_by_its_field(
    needlepoint: Any, klass: str, field: str, fields: dict[str, Any], answers: dict[str, Any]
) -> None:
    case = json.dumps(changed(answers, **fields))
    assert refused(screen(needlepoint, case))[0] == field
    line = needlepoint("screen", "--batch", "-", "--json", stdin=case.encode() + b"\n")
    assert line.code == 0
    error = json.loads(line.out)["error"]
    assert (error["class"], error["field"]) == (klass, field)
    assert error["message"]
    assert "\n" not in error["message"]


def test_every_contradiction_of_the_questions_is_in_the_table() -> None:
    tried = [field for klass, field, _, _ in BAD if klass == "contradiction"]
    assert sorted(contradiction.field for contradiction in load().contradictions) == sorted(
        field for field in tried if not field.startswith("answered_on")
    )


def test_null_inside_answers_is_a_wrong_type(needlepoint: Any) -> None:
    case = changed()
    case["answers"]["smoking"] = None
    assert refused(screen(needlepoint, case))[0] == "answers.smoking"


@pytest.mark.parametrize(
    ("text", "klass", "field"),
    [
        ("", None, "CASE"),
        (" ", "not_json", "CASE"),
        ("{", "not_json", "CASE"),
        ("[]", "not_json", "CASE"),
        ("null", "not_json", "CASE"),
        ("{} {}", "not_json", "CASE"),
        ("{'on': 1}", "not_json", "CASE"),
        ("// none\n{}", "not_json", "CASE"),
        ('{"on": "a\nb"}', "not_json", "CASE"),
        ("\ufeff{}", "not_json", "CASE"),
        ("[" * 100_000, "not_json", "CASE"),
        ('{"x_a": ' + "[" * 100_000 + "]" * 100_000 + "}", "not_json", "CASE"),
        ('{"on": "2026-11-22", "on": "2026-11-23"}', "duplicate_key", "on"),
        ('{"patient": {"sex": "male", "sex": "male"}}', "duplicate_key", "patient.sex"),
        ('{"areas": [{"a": {"b": 1, "b": 1}}]}', "duplicate_key", "areas[0].a.b"),
        ('{"depth_mm": NaN}', "not_finite", "depth_mm"),
        ('{"depth_mm": -Infinity}', "not_finite", "depth_mm"),
        ('{"patient": {"weight_kg": 1e999}}', "not_finite", "patient.weight_kg"),
        ('{"patient": {"weight_kg": ' + "9" * 5000 + "}}", "not_finite", "patient.weight_kg"),
        ('{"areas": ["cheeks", NaN]}', "not_finite", "areas[1]"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_good_json_is_refused(needlepoint: Any, text: str, klass: str | None, field: str) -> None:
    assert refused(screen(needlepoint, text))[0] == field
    if klass is None or "\n" in text:
        return
    line = needlepoint("screen", "--batch", "-", "--json", stdin=text.encode())
    error = json.loads(line.out)["error"]
    assert (error["class"], error["field"]) == (klass, "$" if field == "CASE" else field)


def test_a_key_may_not_break_the_line_nor_flood_it(needlepoint: Any) -> None:
    field, _ = refused(screen(needlepoint, json.dumps({"on": "2026-11-22", "a\nb\u2028c" + "d" * 999: 1}) + " "))
    assert field  # the first thing wrong is named; the line stays one line
    case = json.dumps(changed() | {"a\nb\u2028": 1})
    assert refused(screen(needlepoint, case))[0] == "a b "


def test_a_refusal_repeats_no_free_text_of_the_patient(needlepoint: Any) -> None:
    for answers in ({"smoking": "Ms Secret"}, {"wart_areas": ["Ms Secret"]}, {"chemo_last": "Ms Secret"}):
        assert "Secret" not in screen(needlepoint, changed(answers)).err


def test_an_id_of_any_text_is_given_back_unchanged(needlepoint: Any) -> None:
    for id_ in ("", "ü\n\u2028", "\ud800", "x" * 10_000):
        assert json.loads(screen(needlepoint, changed(id=id_)).out)["id"] == id_


@pytest.mark.parametrize("kind", ["absent", "directory", "empty", "latin-1", "nul"])
def test_a_file_that_cannot_be_read_is_named_by_its_argument(needlepoint: Any, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file"
    if kind == "directory":
        file.mkdir()
    elif kind in ("empty", "latin-1"):
        file.write_bytes(b"" if kind == "empty" else '{"id": "ü"}'.encode("latin-1"))
    name = "a\0b" if kind == "nul" else str(file)
    assert refused(needlepoint("screen", name, "--json"))[0] == "CASE"
    assert refused(needlepoint("screen", "--batch", name, "--json"))[0] == "CASES"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permission_is_named(needlepoint: Any, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text("{}", "utf-8")
    file.chmod(0)
    assert refused(needlepoint("screen", str(file)))[0] == "CASE"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["screen"], "CASE"),
        (["screen", "--jason", "-"], "--jason"),
        (["screen", "--batch"], "--batch"),
        (["screen", "a.json", "--batch", "b.jsonl"], "--batch"),
        (["screen", "a.json", "b.json"], "arguments"),
        (["screan"], "COMMAND"),
        ([], "COMMAND"),
        (["--nothing"], "--nothing"),
    ],
)
def test_a_wrong_command_line_is_refused(needlepoint: Any, arguments: list[str], field: str) -> None:
    assert refused(needlepoint(*arguments))[0] == field


def test_without_a_standard_input_the_file_argument_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["needlepoint", "screen", "-", "--json"])
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SystemExit) as end:
        run()
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("needlepoint: CASE: ")
