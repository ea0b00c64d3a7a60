"""`needlepoint knowledge`, from outside."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from needlepoint.knowledge import load, rules_on
from tests.cli.running import refused

DAY: Final = date(2027, 12, 1)


def test_every_card_and_question_stands_in_the_library(needlepoint: Any) -> None:
    told = needlepoint("knowledge", "cql", "--on", "2027-12-01")
    assert told.code == 0
    for rule in rules_on(DAY).rules:
        assert (f'define "finding {rule.card}":' in told.out) is (rule.only_beside is None)
    for question in rules_on(DAY).questions:
        assert f'parameter "answer {question.id}" ' in told.out


@pytest.mark.parametrize("arguments", [(), ("--on", "tomorrow")])
def test_the_day_is_asked_for(needlepoint: Any, arguments: tuple[str, ...]) -> None:
    told = needlepoint("knowledge", "cql", *arguments)
    assert told.code == 2
    assert told.err.startswith("needlepoint: --on: ")


def test_the_set_is_written_as_one_bundle(needlepoint: Any, tmp_path: Path) -> None:
    out = tmp_path / "knowledge.json"
    said = needlepoint("knowledge", "export", "--fhir", str(out), "--base", "https://clinic.example/fhir/")
    assert (said.code, said.err) == (0, "")
    assert f"{len(load().cards)} cards and {len(load().questions)} questions" in said.out
    bundle = json.loads(out.read_text("utf-8"))
    assert bundle["identifier"]["value"] == load().digest
    assert {entry["fullUrl"].partition("/fhir/")[0] for entry in bundle["entry"]} == {"https://clinic.example"}


def test_the_set_is_written_one_resource_a_line(needlepoint: Any, tmp_path: Path) -> None:
    out = tmp_path / "knowledge.ndjson"
    needlepoint("knowledge", "export", "--fhir", str(out))
    kinds = [json.loads(line)["resourceType"] for line in out.read_text("utf-8").splitlines()]
    assert kinds[:2] == ["Library", "Questionnaire"]
    assert set(kinds) == {"Library", "Questionnaire", "PlanDefinition", "ActivityDefinition"}


def test_a_hyphen_prints_it(needlepoint: Any) -> None:
    assert json.loads(needlepoint("knowledge", "export", "--fhir", "-").out)["resourceType"] == "Bundle"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--fhir", "/no/such/folder/x.json"), "--fhir"),
        (("--fhir", "-", "--base", "clinic"), "--base"),
        ((), "fhir"),
    ],
)
def test_bad_usage_names_the_option(needlepoint: Any, words: tuple[str, ...], field: str) -> None:
    named, _ = refused(needlepoint("knowledge", "export", *words))
    assert named == field
