"""Showing once more who one is, by the own password, before something is signed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint.actions import audit
from needlepoint.records.models import AuditEvent, Recall

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import TreatmentSession

_TRIES: Final = 5
_TRIES_WITHIN: Final = timedelta(minutes=15)
_REFUSED_ACT: Final = "refuse_signature"


class WrongPassword(Exception):
    """Whoever wanted to sign did not give their own password."""

    def __init__(self) -> None:
        super().__init__("That is not your password. Nothing has been signed.")


class TooManyTries(Exception):
    """The password was wrong too often in a short time."""

    def __init__(self) -> None:
        minutes = int(_TRIES_WITHIN.total_seconds() // 60)
        super().__init__(f"The password was wrong too often. Wait {minutes} minutes, then try again.")


def confirm(password: str, *, about: TreatmentSession | Recall, by: Actor, at: datetime) -> None:
    """Hold somebody who signs to the own password, outside of the act's transaction: a refusal stays on record.

    Raises
    ------
    WrongPassword, TooManyTries
        Whoever signs did not show who they are.

    """
    wrong = AuditEvent.objects.filter(act=_REFUSED_ACT, by=by.member, at__gt=at - _TRIES_WITHIN).count()
    if wrong >= _TRIES:
        raise TooManyTries
    if by.member.check_password(password):
        return
    patient = None if isinstance(about, Recall) else about.course.patient
    with transaction.atomic():
        audit.record(_REFUSED_ACT, by=by, at=at, patient=patient, subject=about)
    raise WrongPassword
