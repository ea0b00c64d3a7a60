"""The addresses of camera, colour card, test-retest studies and exports; part of this room's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from needlepoint.web.clinic import capture, colour_card, exporting, retest

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("course/<uuid:ref>/camera/", capture.take_photos, name="camera"),
    path("course/<uuid:ref>/camera/guide/", capture.guide, name="guide"),
    path("course/<uuid:ref>/camera/take/", capture.take_photo, name="take_photo"),
    path("photo/<uuid:ref>/dicom/", exporting.photo_dicom, name="photo_dicom"),
    path("photo/<uuid:ref>/copy/", exporting.photo_deidentify, name="photo_deidentify"),
    path("photography/card.pdf", colour_card.card_sheet, name="card_sheet"),
    path("photography/card/", colour_card.card_calibration, name="card_calibration"),
    path("photography/studies/new/", retest.study_new, name="study_new"),
    path("photography/studies/<uuid:ref>/", retest.study, name="study"),
    path("photography/studies/<uuid:ref>/enrol/", retest.study_enrol, name="study_enrol"),
    path("photography/studies/<uuid:ref>/sign/", retest.study_sign, name="study_sign"),
    path("photography/people/<int:pk>/", retest.study_person, name="study_person"),
    path("photography/people/<int:pk>/camera/", retest.study_camera, name="study_camera"),
    path("photography/people/<int:pk>/take/", retest.study_take, name="study_take"),
]
