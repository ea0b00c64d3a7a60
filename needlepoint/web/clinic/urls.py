"""The addresses of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from needlepoint.web.clinic import board, charts

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "clinic"

urlpatterns: list[URLPattern] = [
    # The front desk: board, requests, patients, courses, staff.
    path("", board.today, name="today"),
    path("patients/<uuid:ref>/", charts.patient, name="patient"),
    path("course/<uuid:ref>/", charts.course, name="course"),
]
