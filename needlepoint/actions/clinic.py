"""The one clinic that an installation serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act
from needlepoint.records.models import Clinic

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor


def the_clinic() -> Clinic | None:
    """Give the clinic, or nothing while it has not been set up."""
    return Clinic.objects.filter(id=1).first()


@transaction.atomic
def found(
    *,
    name: str,
    premises: str,
    address: str = "",
    telephone: str = "",
    out_of_hours: str = "",
    by: Actor,
    at: datetime,
) -> Clinic:
    """Set the clinic up, or change what is known of it; `premises` is the ISO 3166 code its law follows from."""
    access.require(Act.MANAGE_STAFF, by=by)
    clinic, _ = Clinic.objects.update_or_create(
        id=1,
        defaults={
            "name": name,
            "premises": premises,
            "address": address,
            "telephone": telephone,
            "out_of_hours": out_of_hours,
        },
    )
    audit.record("found_clinic", by=by, at=at, subject=clinic, name=name, premises=premises)
    return clinic
