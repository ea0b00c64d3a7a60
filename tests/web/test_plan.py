"""The pages of a plan: the form, the plan as it was kept, its adoption."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions.plan import adopt_plan
from needlepoint.records.models import AuditEvent, Plan, Role
from needlepoint.web.clinic.timeline import moments, session_days
from tests.people import NOW, actor, compute_plan, make_clinic, make_course, make_patient, make_screening, sign_in

pytestmark = pytest.mark.django_db


def page_of(plan: Plan, role: str = Role.THERAPIST) -> str:
    answer = sign_in(role).get(reverse("clinic:plan_result", args=[plan.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def form(**changes: Any) -> dict[str, Any]:
    plain = {"operator": "physician", "device": "", "anaesthetic": "", "areas": ["cheeks", "forehead"]}
    return {"on": timezone.localdate().isoformat(), **plain, **changes}


@pytest.fixture
def address() -> str:
    make_clinic()
    course = make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
    return reverse("clinic:plan", args=[course.ref])


def test_planning_from_the_form_leads_to_the_plan(address: str) -> None:
    data = form(device="generic_pen", depth_cheeks="0.5", cm2_forehead="61.5", density="150")
    answer = sign_in().post(address, data, follow=True)
    plan = Plan.objects.get()
    assert answer.redirect_chain[0][0] == reverse("clinic:plan_result", args=[plan.pk])
    assert plan.request["depth_mm"] == {"cheeks": 0.5}
    assert plan.request["area_cm2"] == {"forehead": 61.5}
    assert plan.request["target_density_per_cm2"] == 150
    assert plan.request["device"] == "generic_pen"


def test_left_open_the_program_chooses_the_device_for_each_area(address: str) -> None:
    sign_in().post(address, form())
    plan = Plan.objects.get()
    assert plan.request["device"] is None
    assert all(row["device"] for row in plan.result["areas"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"depth_cheeks": "7"}, "the depth must lie above 0 and not above 5 mm"),
        ({"depth_cheeks": "deep"}, "Enter a number."),
        ({"cm2_forehead": "-3"}, "the size must lie above 0"),
        ({"device": "nothing"}, "Select a valid choice"),
        ({"on": ""}, "This field is required"),
        ({"density": "0"}, "The density must lie above 0"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(address: str, change: dict[str, str], says: str) -> None:
    answer = sign_in().post(address, form(**{"cm2_cheeks": "88", **change}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="88"' in page or 'value="88.0"' in page
    assert not Plan.objects.exists()


def test_without_weight_the_reason_is_said() -> None:
    make_clinic()
    course = make_course(make_patient(weight_kg=None), indication="facial_wrinkles", areas=["cheeks"])
    answer = sign_in().post(reverse("clinic:plan", args=[course.ref]), form(areas=["cheeks"]))
    assert "Record weight and height, or enter the measured size of every area." in answer.content.decode()


def test_the_form_starts_from_the_last_plan_and_shows_what_screening_said() -> None:
    screening = make_screening(answers={"keloid_own": True})
    address = reverse("clinic:plan", args=[screening.course.ref])
    client = sign_in()
    client.post(address, form(device="generic_pen", depth_cheeks="0.5"))
    page = client.get(address).content.decode()
    assert '<option value="generic_pen" selected>' in page
    assert re.search(r'name="depth_cheeks" value="0.5"', page)
    assert "Must not be done" in page
    assert reverse("clinic:screening_result", args=[screening.pk]) in page


def test_the_plan_shows_each_area_with_units_totals_and_digest() -> None:
    plan = compute_plan()
    page = page_of(plan)
    for words in ("Size (cm²)", "Depth (mm)", "Never above (mm)", "Punctures per cm²", "Time (min)", plan.digest):
        assert words in page
    for row in plan.result["areas"]:
        assert plan.result["words"]["areas"][row["area"]] in page
        assert f"<strong>{row['depth_mm']:.2f}</strong>" in page
    assert f"{plan.result['interval_days']} days" in page
    assert "Not adopted by this clinic." in page
    assert "A plan is no permission" in page


def test_every_card_behind_the_plan_is_named() -> None:
    plan = compute_plan()
    page = page_of(plan)
    for card in plan.result["used"]:
        assert reverse("clinic:card", args=[card["card"]]) in page


def test_open_questions_on_numbing_keep_the_limits_from_being_used() -> None:
    plan = compute_plan(anaesthetic="lidocaine_prilocaine_2_5")
    page = page_of(plan)
    assert "The limits below must not be used until these questions are answered." in page
    assert f"at most {plan.result['anaesthetic']['max_area_cm2']:.0f} cm²" in page
    assert "Answer them and plan again." in page


def test_a_plan_in_which_nothing_remains_says_so() -> None:
    make_clinic()
    page = page_of(compute_plan(make_course(indication="facial_wrinkles", areas=["eyelids"])))
    assert "Nothing remains to be needled." in page
    assert "No area remains in this plan." in page


def test_a_plan_is_adopted_on_its_page() -> None:
    plan = compute_plan()
    answer = sign_in().post(reverse("clinic:plan_adopt", args=[plan.pk]), follow=True)
    page = answer.content.decode()
    assert "Adopted: this is the plan to treat by." in page
    assert "Tess Therapist" in page
    again = sign_in().post(reverse("clinic:plan_adopt", args=[plan.pk]), follow=True).content.decode()
    assert "This plan was adopted already." in again


def test_who_may_not_plan_or_adopt_sees_the_reason_and_is_refused_with_it(address: str) -> None:
    client = sign_in(Role.DIRECTOR)
    assert "To plan takes the role of physician or therapist" in client.get(address).content.decode()
    assert client.post(address, form()).status_code == 403
    plan = compute_plan()
    assert "To adopt a plan takes the role of" in page_of(plan, Role.DIRECTOR)
    answer = client.post(reverse("clinic:plan_adopt", args=[plan.pk]))
    assert answer.status_code == 403
    assert "To adopt a plan takes the role of" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_may_not_read_charts_sees_no_plan(role: Role, address: str) -> None:
    plan = compute_plan()
    for wanted in (address, reverse("clinic:plan_result", args=[plan.pk])):
        assert sign_in(role).get(wanted).status_code == 403


def test_the_page_reads_the_same_after_the_knowledge_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = compute_plan(anaesthetic="lidocaine_prilocaine_2_5")
    before = content_of(page_of(plan))
    known = knowledge.load()
    cards = {id_: replace(card, title="x", because="y", tell="z") for id_, card in known.cards.items()}
    monkeypatch.setattr(knowledge, "load", lambda: replace(known, cards=cards, questions=(), digest="f" * 64))
    assert content_of(page_of(plan)) == before


def content_of(page: str) -> str:
    """Give the page below the patient's header, without the tokens that are new on every view."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.split('<main id="main"')[1])


def test_reading_a_plan_is_in_the_trail_and_its_statements_are_counted(django_assert_max_num_queries: Any) -> None:
    plan = compute_plan()
    client = sign_in()
    with django_assert_max_num_queries(18) as counted:
        client.get(reverse("clinic:plan_result", args=[plan.pk]))
    few = len(counted)
    assert AuditEvent.objects.filter(act="read_chart", subject=f"Plan:{plan.pk}").exists()
    for _ in range(5):
        adopt_plan(compute_plan(plan.course), by=actor(), at=NOW)
    with django_assert_max_num_queries(few):
        client.get(reverse("clinic:plan_result", args=[plan.pk]))


def test_the_form_does_not_cost_more_with_more_plans(address: str, django_assert_max_num_queries: Any) -> None:
    client = sign_in()
    client.post(address, form())
    with django_assert_max_num_queries(24) as counted:
        client.get(address)
    few = len(counted)
    for _ in range(5):
        client.post(address, form())
    with django_assert_max_num_queries(few):
        client.get(address)


TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("first", "last", "days", "away"),
    [
        (-72, 0, "From Sat 21 Nov", "for 3 days before"),
        (-24, 0, "From Mon 23 Nov", "for 24 h before"),
        (-672, -168, "Tue 27 Oct to Tue 17 Nov", "4 weeks to 7 days before"),
        (0, 24, "Until Wed 25 Nov", "for 24 h after"),
        (0, 72, "Until Fri 27 Nov", "for 3 days after"),
        (24, 336, "Wed 25 Nov to Tue 8 Dec", "24 h to 2 weeks after"),
        (0, None, "From Tue 24 Nov", "from the session on"),
        (None, -24, "Until Mon 23 Nov", "24 h before"),
        (None, None, "At any time", ""),
        (0, 6, "Tue 24 Nov", "for 6 h after"),
        (-30, 0, "From Sun 22 Nov", "for 30 h before"),
        (-2, 0, "Tue 24 Nov", "for 2 h before"),
    ],
)
def test_hours_become_days_of_the_calendar(first: float | None, last: float | None, days: str, away: str) -> None:
    step = {"from_hours": first, "to_hours": last, "text": "t", "card": "c", "evidence": ["e"]}
    (moment,) = moments([step], on=TUESDAY)
    assert (moment.days, moment.away) == (days, away)


def test_steps_of_the_same_days_stand_together() -> None:
    steps = [
        {"from_hours": 0, "to_hours": last, "text": f"text {place}", "card": f"card_{place}", "evidence": ["e"]}
        for place, last in enumerate((72, 24, 72))
    ]
    until_friday, until_wednesday = moments(steps, on=TUESDAY)
    assert until_friday.steps == (("text 0", "card_0"), ("text 2", "card_2"))
    assert until_wednesday.steps == (("text 1", "card_1"),)


def test_the_days_of_a_course_follow_from_the_interval() -> None:
    assert session_days(TUESDAY, sessions=3, interval_days=28) == (
        date(2026, 11, 24), date(2026, 12, 22), date(2027, 1, 19),
    )  # fmt: skip
    assert session_days(TUESDAY, sessions=1, interval_days=None) == (TUESDAY,)
    assert session_days(TUESDAY, sessions=0, interval_days=None) == ()
