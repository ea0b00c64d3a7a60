"""A plan taken out of the chart: sheet, FHIR, calendar; and the patient's own page before and after."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint.actions import links
from needlepoint.actions.plan import Wishes, adopt_plan
from needlepoint.records.models import AuditEvent, Plan, Role
from tests.people import NOW, actor, answer_all, compute_plan, make_course, sign_in

pytestmark = pytest.mark.django_db
FACE = ["forehead", "glabella", "temples", "crows_feet", "under_eye", "nose", "cheeks", "upper_lip", "perioral",
        "chin_jaw"]  # fmt: skip


def plan_of_a_face() -> Plan:
    course = make_course(indication="facial_wrinkles", areas=FACE)
    answer_all(course.patient, on=timezone.localdate())
    wishes = Wishes(passes={"cheeks": 4}, depth_mm={"cheeks": 3.0})
    return compute_plan(course, on=timezone.localdate(), anaesthetic="lidocaine_4", wishes=wishes)


def test_the_plan_of_a_whole_face_is_one_sheet_with_its_numbers() -> None:
    plan = plan_of_a_face()
    answer = sign_in().get(reverse("clinic:plan_pdf", args=[plan.pk]))
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == (595, 842)
    text = pages[0].extract_text()
    assert "Paula Example" in text
    for row in plan.result["areas"]:
        assert f"{row['depth_mm']:.2f}" in text
    assert AuditEvent.objects.get(act="export_plan").detail["form"] == "pdf"


@pytest.mark.parametrize(("name", "kind"), [("plan_fhir", "application/fhir+json"), ("plan_calendar", "text/calendar")])
def test_other_forms_are_files_and_leave_a_trace(name: str, kind: str) -> None:
    plan = compute_plan()
    answer = sign_in().get(reverse(f"clinic:{name}", args=[plan.pk]))
    assert answer["Content-Type"].startswith(kind)
    assert "attachment" in answer["Content-Disposition"]
    assert AuditEvent.objects.filter(act="export_plan", subject=f"Plan:{plan.pk}").count() == 1
    if name == "plan_fhir":
        assert json.loads(answer.content)["resourceType"] == "CarePlan"


def test_who_may_not_read_charts_gets_no_file() -> None:
    plan = compute_plan()
    for name in ("plan_pdf", "plan_fhir", "plan_calendar"):
        assert sign_in(Role.FRONT_DESK).get(reverse(f"clinic:{name}", args=[plan.pk])).status_code == 403


def test_the_patient_sees_own_days_once_a_plan_is_adopted() -> None:
    course = make_course(indication="facial_wrinkles", areas=["cheeks"])
    _, secret = links.invite(course.patient, course=course, by=actor(), at=timezone.now())
    address = reverse("patient:care", args=[secret])
    assert Client().get(address).status_code == 404
    on = timezone.localdate() + timedelta(days=14)
    plan = compute_plan(course, on=on)
    adopt_plan(plan, by=actor(), at=NOW)
    page = Client().get(address).content.decode()
    assert f"Your session on {on:%A} {on.day} {on:%B %Y}" in page
    assert plan.result["preparation"][0]["text"] in page
    assert "Before and after" in Client().get(reverse("patient:home", args=[secret])).content.decode()
    assert AuditEvent.objects.filter(act="read_care").exists()
    file = Client().get(reverse("patient:care_calendar", args=[secret]))
    assert file["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in file.content
