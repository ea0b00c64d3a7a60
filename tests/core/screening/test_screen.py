"""What holds for every screening, whatever the cards say."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needlepoint.core.screening.plain import plain
from needlepoint.core.terms import Verdict
from needlepoint.knowledge import load
from tests.core.screening.cases import COMPLETE, found, rows, screened

ON = date(2026, 11, 22)
ANSWERED = sorted(COMPLETE["answers"])


def ago(days: int) -> str:
    return (ON - timedelta(days=days)).isoformat()


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(ANSWERED), min_size=1))
def test_an_unanswered_question_is_never_clear(unanswered: set[str]) -> None:
    screening = screened(dict.fromkeys(unanswered))
    assert screening.verdict.rank >= Verdict.ASK.rank
    assert screening.missing


@pytest.mark.parametrize("question", ANSWERED)
def test_each_question_left_out_alone_is_missing(question: str) -> None:
    assert question in screened({question: None}).missing


@pytest.mark.parametrize("question", ANSWERED)
def test_the_answer_unknown_is_referred_and_names_no_row_that_needs_a_yes(question: str) -> None:
    screening = screened({question: "unknown"})
    finding = found(screening, "answer_unknown")
    assert screening.verdict.rank >= Verdict.REFER.rank
    assert finding.verdict is Verdict.REFER
    assert "pol-unknown-is-refer" in finding.evidence
    assert question not in screening.missing
    assert rows(screening) == {"pol-unknown-is-refer"}


def test_silence_alone_asks_every_question_the_case_needs() -> None:
    screening = screened(dict.fromkeys(ANSWERED))
    assert screening.verdict is Verdict.ASK
    order = [question.id for question in load().questions]
    assert list(screening.missing) == sorted(screening.missing, key=order.index)
    # Questions behind an unanswered one are not needed yet.
    assert "last_infection_ended" not in screening.missing
    assert "fever_or_infection_now" in screening.missing


@pytest.mark.parametrize(
    ("answers", "before", "after", "row"),
    [
        ({"isotretinoin_last_dose": 180}, "defer", None, "ci-isotretinoin-6mo"),
        ({"other_oral_retinoid_last": 180}, "defer", None, "ci-oral-retinoid-other"),
        ({"prescription_retinoid_last": 1}, "defer", "refer", "ci-topical-retinoid"),
        ({"prescription_retinoid_last": 7}, "refer", None, "ci-topical-retinoid"),
        ({"retinol_or_acid_last": 1}, "defer", "refer", "ci-topical-retinoid"),
        ({"retinol_or_acid_last": 3}, "refer", None, "ci-topical-retinoid"),
        ({"steroid_tablets_last": 28, "steroid_course": "high"}, "defer", None, "ci-steroid-systemic"),
        ({"strong_steroid_cream_last": 28}, "defer", None, "ci-steroid-topical"),
        ({"chemo_last": 28}, "defer", "refer", "ci-chemo"),
        ({"chemo_last": 365}, "refer", None, "ci-chemo"),
        ({"radiotherapy_last": 28}, "defer", "refer", "ci-radiotherapy"),
        (
            {"filler_last": 180, "filler_areas": ["cheeks"], "filler_kind": "hyaluronic"},
            "defer",
            "refer",
            "ci-filler-exceed",
        ),
        ({"botulinum_last": 14, "botulinum_areas": ["forehead"]}, "defer", None, "ci-botulinum-hard"),
        ({"botulinum_last": 180, "botulinum_areas": ["forehead"]}, "refer", None, "ci-botulinum-soft"),
        ({"surgery_last": 365}, "defer", None, "ci-surgery"),
        ({"facial_trauma_last": 180}, "defer", None, "ci-facial-trauma"),
        ({"deep_peel_or_laser_last": 90}, "defer", None, "ci-laser-peel-deep"),
        ({"light_peel_or_laser_last": 14}, "defer", "refer", "ci-laser-peel-superficial"),
        ({"light_peel_or_laser_last": 30}, "refer", None, "ci-laser-peel-superficial"),
        ({"hair_removal_last": 3}, "defer", "refer", "ci-waxing"),
        ({"hair_removal_last": 7}, "refer", None, "ci-waxing"),
        ({"sun_exposure_last": 14}, "defer", None, "ci-sunburn"),
        ({"self_tanner_last": 14}, "defer", None, "ci-selftan"),
        ({"needling_last": 28}, "defer", "refer", "ci-prev-needling"),
        ({"needling_last": 42}, "refer", None, "ci-prev-needling"),
        ({"skin_infection_healed": 14}, "defer", None, "ci-infection-local"),
        ({"last_infection_ended": 7}, "defer", None, "ci-infection-systemic-acute"),
        ({"acne_settled": 28}, "defer", None, "ci-acne-active-general"),
        ({"painkillers_or_supplements_last": 3}, "caution", None, "ci-nsaid-supplements"),
    ],
)
def test_a_window_is_over_on_the_day_it_names(
    answers: dict[str, Any], before: str, after: str | None, row: str
) -> None:
    """The day before is inside and names the day; on that day it no longer counts, or only the longer one does."""
    days = next(value for value in answers.values() if isinstance(value, int))
    inside = screened({id_: ago(days - 1) if value == days else value for id_, value in answers.items()})
    finding = next(finding for finding in inside.findings if row in finding.evidence)
    assert finding.verdict.value == before
    assert finding.not_before == ON + timedelta(days=1)
    outside = screened({id_: ago(days) if value == days else value for id_, value in answers.items()})
    verdicts = [finding.verdict.value for finding in outside.findings if row in finding.evidence]
    assert verdicts == ([after] if after else [])


@pytest.mark.parametrize(
    ("question", "age", "missing"),
    [
        ("wart_areas", 0, False),
        ("wart_areas", 1, True),
        ("keloid_own", 90, False),
        ("keloid_own", 91, True),
    ],
)
def test_an_answer_goes_out_of_date(question: str, age: int, missing: bool) -> None:
    screening = screened(answered_on={question: ago(age)})
    assert (question in screening.missing) is missing
    assert screening.verdict is (Verdict.ASK if missing else Verdict.CLEAR)


def test_an_answer_given_once_stays_good() -> None:
    scar = {"scar_formed": "2001-01-01", "medical_scar_therapy": False}
    screening = screened(scar, indication="acne_scars", answered_on={"scar_formed": "2002-01-01"})
    assert screening.missing == ()


def test_an_outdated_answer_is_missing_and_still_speaks_against() -> None:
    screening = screened({"keloid_own": True}, answered_on={"keloid_own": ago(400)})
    assert "keloid_own" in screening.missing
    assert screening.verdict is Verdict.CONTRAINDICATED


def test_an_answer_that_is_not_needed_is_ignored() -> None:
    screening = screened({"acne_areas": [], "flat_mole_areas": ["cheeks"]})
    assert screening.findings == ()
    on_the_back = screened({"cold_sore_today": True, "cold_sore_ever": True}, areas=["back"])
    assert "ci-hsv-active" not in rows(on_the_back)


def test_findings_stand_gravest_first_then_by_card() -> None:
    screening = screened(
        {"wart_areas": ["cheeks"], "bleeding_disorder": True, "keloid_own": True, "smoking": "vaping", "diabetes": None}
    )
    order = [(-finding.verdict.rank, finding.card) for finding in screening.findings]
    assert order == sorted(order)
    assert len(order) > 3
    assert screening.verdict is Verdict.CONTRAINDICATED


def test_excluded_areas_are_those_of_avoided_deferred_and_contraindicated_findings() -> None:
    screening = screened(
        {
            "wart_areas": ["nose", "cheeks"],
            "eczema_areas": ["forehead"],
            "eczema_kinds": ["other"],
            "eczema_cleared": "never",
        },
        areas=["face"],
    )
    assert screening.excluded_areas == ("forehead", "nose", "cheeks")
    assert found(screening, "warts").areas == ("nose", "cheeks")


def test_the_latest_date_of_all_findings_is_the_date_of_the_screening() -> None:
    screening = screened({"sun_exposure_last": ago(3), "isotretinoin_last_dose": ago(100)})
    assert screening.not_before == ON + timedelta(days=80)


def test_a_cause_still_going_on_is_dated_from_the_day_of_treatment() -> None:
    screening = screened({"isotretinoin_now": True, "isotretinoin_last_dose": None})
    assert screening.not_before == ON + timedelta(days=180)
    assert screening.missing == ()


def test_the_safer_finding_wins_and_shows_what_it_overrules() -> None:
    screening = screened({"blood_thinners": ["heparin"], "flat_mole_areas": []}, device="exceed")
    finding = found(screening, "blood_thinners_exceed")
    assert [milder.card for milder in finding.overruled] == ["blood_thinners"]
    assert finding.overruled[0].verdict is Verdict.REFER
    assert not any(other.card == "blood_thinners" for other in screening.findings)


def test_a_minor_may_not_be_needled_for_looks_until_the_birthday() -> None:
    screening = screened(patient={"birth_date": "2009-02-28"})
    assert screening.verdict is Verdict.CONTRAINDICATED
    assert screening.not_before == date(2027, 2, 28)
    assert screened(patient={"birth_date": "2008-11-22"}).verdict is Verdict.REFER


def test_a_minor_born_on_29_february_waits_until_1_march() -> None:
    screening = screened(on="2026-02-28", patient={"birth_date": "2008-02-29"})
    assert screening.not_before == date(2026, 3, 1)


def test_every_finding_says_why_what_to_tell_and_where_it_was_read() -> None:
    screening = screened({"wart_areas": ["cheeks"], "blood_thinners": "unknown", "diabetes": True})
    for finding in screening.findings:
        assert finding.because
        assert finding.tell
        assert finding.evidence
        assert finding.sources


def test_the_same_case_gives_the_same_answer() -> None:
    assert plain(screened({"wart_areas": ["cheeks"]})) == plain(screened({"wart_areas": ["cheeks"]}))


@pytest.mark.parametrize("on", ["0132-01-01", "1999-12-31", "9999-12-31"])
def test_any_day_of_the_calendar_is_answered(on: str) -> None:
    born = f"{int(on[:4]) - 12:04}-01-01"
    screening = screened(
        {"isotretinoin_now": True, "isotretinoin_last_dose": None}, on=on, patient={"birth_date": born}
    )
    assert screening.verdict.rank >= Verdict.REFER.rank
