"""Private, expiring links: how a patient reaches own pages without an account."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.records.models import PatientLink

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Patient

VALID_FOR: Final = timedelta(days=14)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(
    patient: Patient, *, course: Course | None, by: Actor, at: datetime, valid_for: timedelta = VALID_FOR
) -> tuple[PatientLink, str]:
    """Make a link for a patient; give it and its secret, which is shown once and not kept."""
    access.require(Act.INVITE_PATIENT, by=by)
    secret = secrets.token_urlsafe(24)
    link = PatientLink.objects.create(
        patient=patient,
        course=course,
        secret_sha256=_sha256(secret),
        created_at=at,
        created_by=by.member,
        expires_at=at + valid_for,
    )
    audit.record("invite_patient", by=by, at=at, patient=patient, subject=link)
    return link, secret


def find(secret: str, *, at: datetime) -> PatientLink | None:
    """Give the link this secret opens, or nothing when it never existed, has expired or was revoked."""
    return (
        PatientLink.objects.select_related("patient", "course")
        .filter(Q(revoked_at__isnull=True), secret_sha256=_sha256(secret), expires_at__gt=at)
        .first()
    )


def links_of(patient: Patient, *, by: Actor, at: datetime) -> tuple[PatientLink, ...]:
    """Give the patient's links that still open, the newest first."""
    access.require(Act.INVITE_PATIENT, by=by)
    rows = PatientLink.objects.select_related("created_by").filter(patient=patient, revoked_at__isnull=True)
    return tuple(rows.filter(expires_at__gt=at).order_by("-id")[:20])


def link_of(pk: int, *, by: Actor) -> PatientLink:
    """Give one link by its number.

    Raises
    ------
    NoSuchRecord
        When there is none of this number.

    """
    access.require(Act.INVITE_PATIENT, by=by)
    link = PatientLink.objects.select_related("patient").filter(pk=pk).first()
    if link is None:
        raise NoSuchRecord("link")
    return link


@transaction.atomic
def revoke(link: PatientLink, *, by: Actor, at: datetime) -> None:
    """Close a link at once; one that is closed already stays as it is."""
    access.require(Act.INVITE_PATIENT, by=by)
    if link.revoked_at is not None:
        return
    link.revoked_at = at
    link.save(update_fields=["revoked_at"])
    audit.record("revoke_link", by=by, at=at, patient=link.patient, subject=link)
