"""The codes that one device shows and another scans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django.urls import reverse

if TYPE_CHECKING:
    from needlepoint.actions.questionnaire import Subject
    from needlepoint.records.models import Course


def code(address: str) -> str:
    """Give an address as a QR code that a page can show without another request."""
    return str(segno.make(address, error="m").svg_data_uri(scale=6, border=2, dark="#000", light="#fff"))


def clinic_address(course: Course, subject: Subject | None) -> str:
    """Give the page on which the clinic answers for the patient, at a subject."""
    page = reverse("clinic:questions", args=[course.ref], query={"for": "patient"})
    return f"{page}#s-{subject.id}" if subject else page
