"""The addresses of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from needlepoint.web.clinic import (
    audit,
    board,
    charts,
    consent,
    cosign,
    desk,
    emergency,
    followup,
    knowledge,
    outcome,
    photography,
    photos,
    plan,
    plan_exports,
    protocols,
    punctures,
    questions,
    rating,
    screening,
    seeing,
    session,
    session_after,
    sessions,
    staff,
    traced,
)

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "clinic"

urlpatterns: list[URLPattern] = [
    # The front desk: board, requests, patients, courses, staff.
    path("", board.today, name="today"),
    path("requests/", desk.request_list, name="requests"),
    path("requests/<int:pk>/aside", desk.request_aside, name="request_aside"),
    path("patients/", desk.search, name="patients"),
    path("patients/new", desk.patient_new, name="patient_new"),
    path("patients/<uuid:ref>/", charts.patient, name="patient"),
    path("patients/<uuid:ref>/course/new", desk.course_new, name="course_new"),
    path("course/<uuid:ref>/invite", charts.invite, name="invite"),
    path("links/<int:pk>/revoke", charts.link_revoke, name="link_revoke"),
    path("staff/", staff.staff_list, name="staff_list"),
    path("staff/new", staff.staff_new, name="staff_new"),
    path("staff/<int:pk>/", staff.staff_member, name="staff_member"),
    path("staff/<int:pk>/deactivate", staff.staff_deactivate, name="staff_deactivate"),
    path("staff/<int:pk>/readmit", staff.staff_readmit, name="staff_readmit"),
    path("permits/", staff.permits, name="permits"),
    path("password/", staff.password, name="password"),
    path("course/<uuid:ref>/", charts.course, name="course"),
    path("course/<uuid:ref>/questions/", questions.observations, name="questions"),
    path("course/<uuid:ref>/questions/state", questions.state, name="questions_state"),
    path("course/<uuid:ref>/questions/hand-over/", questions.hand_over, name="hand_over"),
    path("course/<uuid:ref>/answer/<str:asked_of>", questions.answer, name="answer"),
    path("course/<uuid:ref>/measures", questions.measures, name="measures"),
    # Photographs.
    path("course/<uuid:ref>/photos/", photos.photos, name="photos"),
    path("photo/<uuid:ref>/", photos.photo, name="photo"),
    path("photo/<uuid:ref>/progress/", photos.photo_progress, name="photo_progress"),
    path("photo/<uuid:ref>/again/", photos.photo_again, name="photo_again"),
    path("photo/<uuid:ref>/<str:size>.jpg", photos.photo_copy, name="photo_copy"),
    path("photography/", photography.photography, name="photography"),
    path("photography/measures/on/", photography.measures_on, name="measures_on"),
    path("photography/measures/off/", photography.measures_off, name="measures_off"),
    path("photography/ratings/new/", rating.rating_new, name="rating_new"),
    path("photography/ratings/<uuid:ref>/", rating.rating_set, name="rating_set"),
    path("rate/<uuid:ref>/", rating.rate, name="rate"),
    path("rate/pair/<uuid:ref>/<slug:side>.jpg", rating.rating_picture, name="rating_picture"),
    # Follow-up.
    path("queue/", followup.queue, name="queue"),
    path("queue/<int:pk>/", followup.handle, name="queue_handle"),
    path("course/<uuid:ref>/followup/", followup.course_followup, name="followup"),
    path("course/<uuid:ref>/check/", followup.check, name="check"),
    path("course/<uuid:ref>/adverse/", followup.adverse_new, name="adverse_new"),
    path("adverse/<int:pk>/", followup.adverse_update, name="adverse_update"),
    # Outcome.
    path("course/<uuid:ref>/outcome/", outcome.course_outcome, name="outcome"),
    path("course/<uuid:ref>/compare/", outcome.compare, name="compare"),
    path("compare/<int:pk>/", outcome.compare_progress, name="compare_progress"),
    path("compare/<int:pk>/<slug:kind>.jpg", seeing.comparison_copy, name="comparison_copy"),
    path("course/<uuid:ref>/see/", seeing.see, name="see"),
    path("course/<uuid:ref>/see/score/", seeing.pair_score, name="pair_score"),
    path("course/<uuid:ref>/grade/<slug:scale>/", outcome.grade, name="grade"),
    # Knowledge, screening, plan, audit.
    path("course/<uuid:ref>/screening/", screening.screening, name="screening"),
    path("screening/<int:pk>/", screening.screening_result, name="screening_result"),
    path("screening/<int:pk>/override/", screening.override, name="override"),
    path("override/<int:pk>/confirm/", screening.override_confirm, name="override_confirm"),
    path("knowledge/", knowledge.cards, name="knowledge"),
    path("knowledge/needlepoint.fhir.json", knowledge.as_fhir, name="knowledge_fhir"),
    path("knowledge/<slug:card>/", knowledge.card, name="card"),
    path("course/<uuid:ref>/plan/", plan.plan, name="plan"),
    path("course/<uuid:ref>/plan/live/", plan.plan_live, name="plan_live"),
    path("plan/<int:pk>/", plan.plan_result, name="plan_result"),
    path("plan/<int:pk>/sheet.pdf", plan_exports.plan_pdf, name="plan_pdf"),
    path("plan/<int:pk>/plan.fhir.json", plan_exports.plan_fhir, name="plan_fhir"),
    path("plan/<int:pk>/care.ics", plan_exports.plan_calendar, name="plan_calendar"),
    path("plan/<int:pk>/adopt/", plan.plan_adopt, name="plan_adopt"),
    path("punctures/", punctures.punctures, name="punctures"),
    path(
        "punctures/<slug:device>/<int:passes>/<int:directions>.svg", punctures.puncture_picture, name="puncture_picture"
    ),
    path("emergency/", emergency.emergency, name="emergency"),
    path("emergency/<slug:card>/", emergency.emergency_card, name="emergency_card"),
    path("course/<uuid:ref>/done/", protocols.done, name="course_done"),
    path("protocols/", protocols.library, name="protocols"),
    path("protocols/new/", protocols.protocol_new, name="protocol_new"),
    path("protocols/<uuid:ref>/", protocols.protocol, name="protocol"),
    path("protocols/<uuid:ref>/edit/", protocols.protocol_edit, name="protocol_edit"),
    path("protocols/version/<int:pk>/adopt/", protocols.protocol_adopt, name="protocol_adopt"),
    path("audit/", audit.trail, name="audit"),
    # Consent.
    path("course/<uuid:ref>/consent/", consent.state, name="consent"),
    path("course/<uuid:ref>/consent/sign/", consent.sign, name="consent_sign"),
    path("course/<uuid:ref>/consent/withdraw/", consent.withdraw, name="consent_withdraw"),
    path("course/<uuid:ref>/consent/<int:pk>/document.pdf", consent.document, name="consent_document"),
    path("consent/", consent.text, name="consent_text"),
    # Sessions.
    path("course/<uuid:ref>/sessions/", sessions.sessions, name="sessions"),
    path("session/<uuid:ref>/", session.session, name="session"),
    path("session/<uuid:ref>/save/", session.save, name="session_save"),
    path("session/<uuid:ref>/changes/", session.changes, name="session_changes"),
    path("session/<uuid:ref>/cartridge/", session.cartridge, name="session_cartridge"),
    path("session/<uuid:ref>/sign/", session.sign, name="session_sign"),
    path("session/<uuid:ref>/amend/", session.amend, name="session_amend"),
    path("session/<uuid:ref>/addendum/", session_after.addendum, name="session_addendum"),
    path("session/<uuid:ref>/strike/", session_after.strike, name="session_strike"),
    path("session/<uuid:ref>/history/", session_after.history, name="session_history"),
    path("session/<uuid:ref>/cosign/", cosign.cosign, name="session_cosign"),
    path("cosign/", cosign.queue, name="cosign_queue"),
    path("cosign/choose", cosign.choose, name="cosign_choose"),
    # Stock, devices, recalls.
    *traced.addresses,
]
