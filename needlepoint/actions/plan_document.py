"""A kept plan as one clean sheet of A4, its fonts inside it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst
from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act
from needlepoint.actions.clinic import the_clinic

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Plan

TEMPLATE: Final = Path(__file__).with_name("plan.typ")


@transaction.atomic
def plan_pdf(plan: Plan, *, shown: dict[str, Any], by: Actor, at: datetime) -> bytes:
    """Give the sheet of a plan, and record that it was taken out of the chart.

    `shown` holds what the page works out for reading: days of the sessions, times of numbing, dated steps.
    """
    access.require(Act.READ_CHART, by=by)
    audit.record("export_plan", by=by, at=at, patient=plan.course.patient, subject=plan, form="pdf")
    return _render({**_content(plan), **shown}, at=plan.at)


def _content(plan: Plan) -> dict[str, Any]:
    patient, clinic, adoption = plan.course.patient, the_clinic(), getattr(plan, "adoption", None)
    return {
        "clinic": clinic.name if clinic else "",
        "patient": str(patient),
        "born": f"{patient.birth_date:%d %B %Y}",
        "on": f"{plan.on:%d %B %Y}",
        "planned": f"{plan.at:%d %B %Y} by {plan.by}",
        "adopted": f"Adopted {adoption.at:%d %B %Y} by {adoption.by}" if adoption else "Draft, not adopted",
        "result": plan.result,
        "digest": plan.digest,
    }


def _render(content: dict[str, Any], *, at: datetime) -> bytes:
    pdf = typst.compile(
        _template(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"plan": json.dumps(content, ensure_ascii=False)},
        timestamp=at.replace(microsecond=0),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("a document of one file was expected")
    return pdf


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()
