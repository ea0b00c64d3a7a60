"""Photographs sent with a form, by staff or by a patient: every file that can be kept is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone

from needlepoint.actions import photographs

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Photograph

DEVICE: Final = "device"  # the field for files that lie on the device already; its view is chosen beside it


class TakenOn(forms.Form):
    """On which day the photographs were taken."""

    taken_on = forms.DateField(
        error_messages={"required": "Please give the day.", "invalid": "Please give a day, like 24/11/2026."}
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_taken_on(self) -> date:
        """Refuse a day that has not come yet."""
        day: date = self.cleaned_data["taken_on"]
        if day > self.today:
            raise forms.ValidationError("This day has not come yet.")
        return day


def take_in(
    request: HttpRequest, course: Course, *, views: dict[str, str], on: date, by: Actor
) -> tuple[list[Photograph], dict[str, list[str]]]:
    """Keep every file that can be kept; give these, and what was wrong with the others, by field."""
    saved: list[Photograph] = []
    errors: dict[str, list[str]] = {}
    for name, view in [*((view, view) for view in views), (DEVICE, request.POST.get("view", ""))]:
        for upload in request.FILES.getlist(name):
            try:
                saved.append(_take_one(course, upload, view=view, taken_on=on, by=by, at=timezone.now()))
            except photographs.Refused as refusal:
                errors.setdefault(name, []).append(f"{upload.name}: {refusal}")
    return saved, errors


def _take_one(
    course: Course, upload: UploadedFile[bytes], *, view: str, taken_on: date, by: Actor, at: datetime
) -> Photograph:
    photographs.check_size(upload.size or 0)  # before a file that is too large is read into memory
    return photographs.add(course, upload.read(), view=view, taken_on=taken_on, by=by, at=at)
