"""Whether photographs are measured here: off until the director has agreed to what measures are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from needlepoint.actions import access, audit, jobs
from needlepoint.actions.access import Act
from needlepoint.knowledge.measures_use import read_use_text
from needlepoint.records.models import MeasuresSwitch

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor


class NotReadThrough(Exception):
    """The director has not confirmed the text that is in force, or confirmed another one."""

    def __init__(self) -> None:
        super().__init__("Please confirm that you have read the text and that measures are used here as it says.")


def decisions() -> list[MeasuresSwitch]:
    """Give every decision, the newest first."""
    return list(MeasuresSwitch.objects.select_related("by").order_by("-id"))


def are_on() -> bool:
    """Tell whether photographs are measured here; a changed text switches them off until it is agreed to."""
    newest = MeasuresSwitch.objects.order_by("-id").values_list("on", "sha256").first()
    return newest == (True, read_use_text().sha256)


@transaction.atomic
def switch_on(*, confirmed_sha256: str, by: Actor, at: datetime) -> MeasuresSwitch:
    """Have photographs measured from now on, and those measured in, that were taken meanwhile.

    Raises
    ------
    NotReadThrough
        When what was confirmed is not the text in force.

    """
    access.require(Act.SWITCH_MEASURES, by=by)
    text = read_use_text()
    if confirmed_sha256 != text.sha256:
        raise NotReadThrough
    decision = _decided(on=True, by=by, at=at)
    jobs.measure_what_was_left()
    return decision


@transaction.atomic
def switch_off(*, by: Actor, at: datetime) -> MeasuresSwitch:
    """Have photographs no longer measured, and no measure shown; what was measured stays on record."""
    access.require(Act.SWITCH_MEASURES, by=by)
    return _decided(on=False, by=by, at=at)


def _decided(*, on: bool, by: Actor, at: datetime) -> MeasuresSwitch:
    text = read_use_text()
    decision = MeasuresSwitch.objects.create(
        on=on, version=text.version, text=text.body(), sha256=text.sha256, by=by.member, at=at
    )
    act = "switch_measures_on" if on else "switch_measures_off"
    audit.record(act, by=by, at=at, subject=decision, version=text.version, sha256=text.sha256)
    return decision
