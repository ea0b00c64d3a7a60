"""The three answers of a screening at a glance, for every verdict and after overrides."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from needlepoint import knowledge
from needlepoint.actions.screening import EXCLUDING, FindingState, Standing
from needlepoint.core.terms import Verdict, gravest
from needlepoint.web.clinic.glance import Glance, glance, groups

TODAY = date(2026, 11, 24)
AREAS = {"forehead": "Forehead", "cheeks": "Cheeks"}


def found(verdict: str, title: str = "It", *, areas: tuple[str, ...] = (), until: str | None = None) -> FindingState:
    finding = {"card": title, "title": title, "verdict": verdict, "areas": areas, "not_before": until}
    return FindingState(finding=finding, override=None, confirmed=False)


def standing_of(*findings: FindingState, missing: int = 0) -> Standing:
    excluded = {area for state in findings if state.verdict in EXCLUDING for area in state.finding["areas"]}
    dates = [date.fromisoformat(state.finding["not_before"]) for state in findings if state.finding["not_before"]]
    return Standing(
        findings=findings,
        verdict=gravest([*(state.verdict for state in findings), *([Verdict.ASK] if missing else [])]),
        not_before=max(dates, default=None),
        excluded_areas=tuple(area for area in AREAS if area in excluded),
        remaining_areas=tuple(area for area in AREAS if area not in excluded),
        missing=tuple(f"question_{place}" for place in range(missing)),
    )


def at_a_glance(*findings: FindingState, missing: int = 0) -> Glance:
    words: dict[str, Any] = {"words": {"verdicts": dict(knowledge.load().vocabulary.verdicts), "areas": AREAS}}
    return glance(standing_of(*findings, missing=missing), words, on=TODAY)


@pytest.mark.parametrize(
    ("findings", "missing", "tone", "may", "when"),
    [
        ([], 0, "done", "Yes", "On that day"),
        ([found("clear")], 0, "done", "Yes", "On that day"),
        ([found("caution")], 0, "caution", "Yes, with care", "On that day"),
        ([found("avoid_area", areas=("cheeks",))], 0, "caution", "Yes, with areas left out", "On that day"),
        ([found("avoid_area", areas=("cheeks", "forehead"))], 0, "stop", "No", "No date can be given"),
        ([], 3, "note", "Not yet", "Once all is answered"),
        ([found("refer")], 3, "caution", "Not yet", "When a physician has decided"),
        ([found("refer", until="2026-12-24")], 0, "caution", "Not yet", "Not before 24 December 2026"),
        ([found("defer", until="2026-12-24")], 0, "stop", "No", "Not before 24 December 2026"),
        ([found("defer")], 0, "stop", "No", "Once the cause is over"),
        ([found("contraindicated")], 0, "stop", "No", "No date can be given"),
        ([found("contraindicated"), found("defer", until="2026-12-24")], 0, "stop", "No", "No date can be given"),
        ([found("contraindicated", until="2034-05-01")], 0, "stop", "No", "Not before 1 May 2034"),
    ],
)
def test_may_we_and_if_not_when(findings: list[FindingState], missing: int, tone: str, may: str, when: str) -> None:
    answer = at_a_glance(*findings, missing=missing)
    assert (answer.tone, answer.may, answer.when) == (tone, may, when)


def test_an_undated_contraindication_is_not_hidden_behind_the_date_of_another_finding() -> None:
    answer = at_a_glance(found("contraindicated", "Keloid"), found("defer", "Isotretinoin", until="2027-04-23"))
    assert answer.when_because == "None follows from the cards for: Keloid. What is dated ends on 23 April 2027."


@pytest.mark.parametrize(
    ("findings", "missing", "now"),
    [
        ([], 0, ["Go on to the plan."]),
        ([], 1, ["Ask the 1 open question, then screen again."]),
        ([], 4, ["Ask the 4 open questions, then screen again."]),
        ([found("contraindicated")], 0, ["Do not needle. Tell the patient why, in the words below."]),
        ([found("defer", until="2026-12-24")], 0, ["Offer a visit from 24 December 2026 on."]),
        ([found("refer", "Diabetes")], 0, ["Have a physician decide: Diabetes."]),
        ([found("avoid_area", areas=("cheeks",))], 0, ["Leave out: Cheeks."]),
        ([found("caution"), found("caution", "Other")], 0, ["Take the care that 2 cards name."]),
        (
            [found("defer", areas=("cheeks",), until="2026-12-24")],
            0,
            ["Offer a visit from 24 December 2026 on.", "To learn how the rest stands, screen again without: Cheeks."],
        ),
        (
            [found("defer", until="2026-12-24"), found("defer", "Burn", areas=("cheeks",), until="2026-12-01")],
            0,
            ["Offer a visit from 24 December 2026 on."],
        ),
    ],
)
def test_what_to_do_now(findings: list[FindingState], missing: int, now: list[str]) -> None:
    assert list(at_a_glance(*findings, missing=missing).now) == now


def test_findings_are_grouped_by_what_they_call_for_in_order_of_gravity() -> None:
    state = standing_of(
        found("contraindicated", "a"), found("defer", "b"), found("refer", "c"), found("avoid_area", "d"),
        found("caution", "e"), found("clear", "f"),
    )  # fmt: skip
    assert [(group.id, [finding.card for finding in group.findings]) for group in groups(state)] == [
        ("stop", ["a", "b"]), ("ask", ["c"]), ("caution", ["d", "e"]), ("note", ["f"]),
    ]  # fmt: skip
