"""Adverse events with their course, and the fields of the authorities' forms."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from pypdf import PdfReader

from needlepoint.actions import adverse, adverse_report
from needlepoint.interop.reporting.forms import FORMS, document
from needlepoint.knowledge.reporting import reporting_rules, rules_at
from needlepoint.records.models import AdverseCourse, AdverseEvent, Cartridge, Role
from tests import people
from tests.people import NOW, TODAY

pytestmark = pytest.mark.django_db
GTIN = "04012345678901"


def make_event(**changes: Any) -> AdverseEvent:
    people.make_clinic()
    session = people.make_session(people.make_course(), on=TODAY - timedelta(days=5))
    lot = people.make_lot(gtin=GTIN, maker="Maker of the tests")
    Cartridge.objects.filter(lot=lot, unit="001").update(session=session)
    given = {
        "area": "cheeks", "what": "Skin infection", "grade": 2, "began_on": TODAY - timedelta(days=3),
        "course_so_far": "Pus, swab taken.", "outcome": "ongoing", "photograph": None, "lot": lot,
        "by": people.actor(Role.PHYSICIAN), "at": NOW, "on": TODAY - timedelta(days=2),
    }  # fmt: skip
    return adverse.record(session, **{**given, **changes})


def go_on(event: AdverseEvent, words: str, **changes: Any) -> AdverseEvent:
    given = {"grade": 1, "outcome": "ongoing", "by": people.actor(Role.PHYSICIAN), "at": NOW, "on": TODAY}
    return adverse.update(event.pk, course_so_far=words, **{**given, **changes})


def facts(event: AdverseEvent) -> dict[str, str]:
    return adverse_report.facts(adverse.find(event.pk), on=TODAY, by=people.actor(Role.PHYSICIAN), at=NOW)


def test_the_course_of_an_event_grows_and_keeps_every_entry() -> None:
    event = go_on(make_event(), "Less sore.")
    event = go_on(event, "Healed.", outcome="resolved")
    assert [row.words for row in event.course.all()] == ["Pus, swab taken.", "Less sore.", "Healed."]
    assert (event.grade, event.outcome, event.ended_on) == (1, "resolved", TODAY)
    assert go_on(event, "Sore again.").ended_on is None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AdverseCourse.objects.update(words="nothing happened")


def test_the_facts_of_a_report_come_from_the_records_and_name_nobody() -> None:
    event = go_on(make_event(), "Less sore.")
    found = facts(event)
    assert "Paula" not in json.dumps({**found, "reporter": ""})
    assert (found["lot"], found["maker"], found["brand"]) == ("A100", "Maker of the tests", found["brand"])
    assert found["udi"] == f"(01){GTIN}(17){TODAY + timedelta(days=365):%y%m%d}(10)A100"
    assert found["narrative"].splitlines() == [
        f"{TODAY - timedelta(days=2)}, grade 2: Pus, swab taken.", f"{TODAY}, grade 1: Less sore.",
    ]  # fmt: skip
    assert found["age"] == "45 years"


@pytest.mark.parametrize("form", list(FORMS))
def test_a_form_names_every_needed_field_that_is_missing(form: str) -> None:
    assert len(document(form, {})["missing"]) == sum(field.needed for field in FORMS[form].fields) - sum(
        field.needed and field.fact in {"common_name", "product_code"} for field in FORMS[form].fields
    )
    event = make_event()
    before = document(form, facts(event))["missing"]
    assert any("now" in name or "available" in name for name in before)
    particulars = {"available": "Kept at the clinic", "serious": ["other"], "action": "treated"}
    adverse.note_particulars(
        event.pk, particulars, lot=event.lot, device_unit=None, by=people.actor(Role.PHYSICIAN), at=NOW
    )
    assert document(form, facts(event))["missing"] == []


def test_every_form_asks_what_the_evidence_lists() -> None:
    us = {
        *("patient_number", "age", "sex", "weight", "event_type", "seriousness", "event_date", "report_date"),
        *("narrative", "tests", "history", "brand", "product_code", "common_name", "maker", "maker_place", "catalogue"),
        *("serial", "lot", "expiry", "udi", "operator", "implanted", "reprocessed", "available", "concomitant"),
    }
    uk = {"reporter", "age", "sex", "narrative", "event_date", "outcome", "brand", "maker", "lot", "udi", "action",
          "available"}  # fmt: skip
    asked = {id_: {field.fact for field in form.fields} for id_, form in FORMS.items()}
    assert us <= asked["medwatch_3500"] & asked["medwatch_3500a"]
    assert uk <= asked["yellow_card"]


def test_the_rules_of_reporting_hold_where_the_clinic_is() -> None:
    assert {rule.form for rule in rules_at("US-TX")} == {"medwatch_3500", "medwatch_3500a"}
    assert [rule.form for rule in rules_at("GB-SCT")] == ["yellow_card"]
    assert rules_at("DE")
    assert not rules_at("AU")
    assert {rule.form for rule in reporting_rules() if rule.form} == set(FORMS)


def test_the_page_shows_keeps_and_gives_the_forms() -> None:
    event = make_event(lot=None)
    client = people.sign_in(Role.PHYSICIAN)
    address = reverse("clinic:adverse_report", args=[event.pk])
    page = client.get(address).content.decode()
    assert "Lot number" in page
    lot = event.session.cartridges.get().lot
    client.post(address, {"lot": str(lot.pk), "serious": ["hospital"], "available": "Thrown away", "catalogue": "X-1"})
    event.refresh_from_db()
    assert (event.lot, event.particulars["catalogue"]) == (lot, "X-1")
    assert client.post(address, {"lot": "4711"}).status_code == 422
    for form in FORMS:
        told = client.get(reverse("clinic:adverse_report_file", args=[event.pk, "json", form]))
        assert json.loads(told.content)["form"] == form
    printed = client.get(reverse("clinic:adverse_report_file", args=[event.pk, "pdf", "yellow_card"]))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.content)).pages)
    assert "Skin infection" in text
    assert "A100" in text
    assert client.get(reverse("clinic:adverse_report_file", args=[event.pk, "pdf", "none"])).status_code == 404
