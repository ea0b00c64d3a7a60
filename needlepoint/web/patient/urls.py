"""The addresses of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from needlepoint.web.patient import care, check, consent, home, photos, questions

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "patient"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("questions/", questions.overview, name="questions"),
    path("questions/state", questions.state, name="questions_state"),
    path("questions/hand-over/", questions.hand_over, name="hand_over"),
    path("questions/<slug:subject>/", questions.subject, name="subject"),
    path("answer", questions.answer, name="answer"),
    path("photos/", photos.photos, name="photos"),
    path("photo/<uuid:ref>/<str:size>.jpg", photos.photo_copy, name="photo_copy"),
    path("check/<int:day>/", check.check, name="check"),
    path("check/<int:day>/next/", check.check_next, name="check_next"),
    path("care/", care.care, name="care"),
    path("care/days.ics", care.care_calendar, name="care_calendar"),
    path("consent/", consent.sign, name="consent"),
    path("consent/withdraw/", consent.withdraw, name="consent_withdraw"),
    path("consent/document.pdf", consent.document, name="consent_document"),
]
