"""A screening as plain values: the names of the contract, and nothing lost."""

import json

from needlepoint.core.screening.plain import plain
from tests.core.screening.cases import found, screened


def test_every_part_of_a_screening_stands_under_its_name() -> None:
    screening = screened({"skin_cancer_areas": ["cheeks"], "surgery_last": "2026-01-22", "frail": None})
    told = plain(screening)
    assert told["id"] == "shape-1"
    assert told["verdict"] == "contraindicated"
    assert told["not_before"] == "2027-01-22"
    assert told["excluded_areas"] == ["cheeks"]
    assert told["missing"] == ["frail"]
    assert told["knowledge_digest"] == screening.knowledge_digest
    assert [finding["card"] for finding in told["findings"]] == [finding.card for finding in screening.findings]
    assert told.keys() == {
        "id", "verdict", "not_before", "excluded_areas", "findings", "missing", "knowledge_digest",
    }  # fmt: skip
    assert {finding["card"]: finding["not_before"] for finding in told["findings"]} == {
        "skin_cancer": None,
        "surgery_in_area": "2027-01-22",
    }
    assert json.loads(json.dumps(told)) == told


def test_every_part_of_a_finding_stands_under_its_name() -> None:
    screening = screened({"wart_areas": ["cheeks"]}, device="skinpen_precision")
    warts = found(screening, "warts_skinpen")
    told = next(finding for finding in plain(screening)["findings"] if finding["card"] == "warts_skinpen")
    assert told == {
        "card": "warts_skinpen",
        "title": warts.title,
        "evidence": ["ci-infection-local", "ci-warts"],
        "verdict": "contraindicated",
        "areas": [],
        "not_before": None,
        "because": warts.because,
        "tell": warts.tell,
        "sources": [{"key": s.key, "citation": s.citation, "address": s.address} for s in warts.sources],
        "confidence": warts.confidence,
        "proposal": warts.proposal,
        "facts": list(warts.facts),
        "overruled": [
            {"card": "warts", "verdict": "avoid_area", "evidence": ["ci-warts"], "because": warts.overruled[0].because}
        ],
    }
    assert warts.overruled[0].because


def test_a_case_without_an_id_has_none_in_its_answer() -> None:
    assert "id" not in plain(screened(id=None))
