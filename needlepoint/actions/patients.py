"""Patients: finding them, and the page that shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needlepoint.actions import access
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.records.models import Patient

if TYPE_CHECKING:
    from uuid import UUID

    from needlepoint.actions.actor import Actor


def find_patient(ref: UUID, *, by: Actor) -> Patient:
    """Give the patient; what is shown of one outside the chart is who it is and how to reach them.

    Raises
    ------
    NoSuchRecord
        When there is none under this reference.

    """
    access.require(Act.FIND_PATIENT, by=by)
    patient = Patient.objects.filter(ref=ref).first()
    if patient is None:
        raise NoSuchRecord("patient")
    return patient
