"""The course ahead: its days and minutes, and what to expect of it, drawn and as a table."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions import links
from needlepoint.actions.plan import adopt_plan
from needlepoint.core.planning.expectation import Expectation
from needlepoint.web.clinic.expectations import expected_of
from needlepoint.web.expectation_chart import expectation_chart
from needlepoint.web.expecting import said
from tests.people import NOW, TODAY, actor, compute_plan, make_course, sign_in

EXPECTATIONS = [card.holds(Expectation) for card in knowledge.load().of_kind("expectation")]


def drawn(expectation: Expectation) -> str:
    return base64.b64decode(expectation_chart(expectation).partition("base64,")[2]).decode()


@pytest.mark.parametrize("expectation", EXPECTATIONS, ids=lambda one: one.card)
def test_every_chart_carries_its_trial_its_number_and_who_did_not_change(expectation: Expectation) -> None:
    svg = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", drawn(expectation)))
    assert expectation.trial.split(",")[0] in svg
    for none in expectation.no_change:
        assert f"{none.who} of {none.of}" in svg
    for point in expectation.points:
        assert f"n = {point.n}" in svg
    assert ("nothing promised" in svg) == bool(expectation.points)
    assert expectation.trial in said(expectation)


@pytest.mark.django_db
def test_the_page_shows_days_minutes_and_what_to_expect() -> None:
    course = make_course(areas=["cheeks"])
    plan = compute_plan(course, device="generic_pen")
    adopt_plan(plan, by=actor(), at=NOW)
    page = sign_in().get(reverse("clinic:course_ahead", args=[course.ref])).content.decode()
    sessions, minutes = plan.result["sessions"], plan.result["total_minutes"]
    assert f"{minutes:.0f} and {sessions * minutes:.0f} min" in page
    last = TODAY + timedelta(days=(sessions - 1) * plan.result["interval_days"])
    assert f"{last:%a} {last.day} {last:%B %Y}" in page
    assert f"Nothing can be promised before {TODAY + timedelta(days=28):%-d %B %Y}." in page
    assert "Alam 2014" in page
    assert re.search(r"<td>2.4 points.*?</td>\s*<td>1 points</td>", page)
    assert "With other treatments" in page


@pytest.mark.django_db
def test_a_course_without_a_plan_and_a_use_without_a_trial_say_so() -> None:
    course = make_course(indication="melasma", areas=["cheeks"])
    page = sign_in().get(reverse("clinic:course_ahead", args=[course.ref])).content.decode()
    assert "No plan yet" in page
    assert "No trial was found" in page


@pytest.mark.django_db
def test_the_patient_reads_it_in_plain_words() -> None:
    course = make_course(areas=["cheeks"])
    on = timezone.localdate() + timedelta(days=7)
    adopt_plan(compute_plan(course, on=on), by=actor(), at=NOW)
    _, secret = links.invite(course.patient, course=course, by=actor(), at=timezone.now())
    page = Client().get(reverse("patient:care", args=[secret])).content.decode()
    (one,) = expected_of("acne_scars", on=on)
    assert "What to expect" in page
    assert one.card.tell in page
    assert one.card.because not in page
    assert "/clinic/" not in page.split("<main")[1]
