"""Measures are off until the director agrees to what they are for, and off means that nothing is measured or shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from needlepoint.actions import jobs, measures_use, photographs
from needlepoint.actions.access import NotPermitted
from needlepoint.knowledge.measures_use import read_use_text
from needlepoint.records.models import AuditEvent, JobState, Measurement, MeasuresSwitch, Role
from tests import people, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


def measured() -> Measurement:
    course = people.make_course()
    people.make_consent(course)
    photo = photographs.add(
        course, pictures.file(image=pictures.scene(400, 400)), view="front", taken_on=people.TODAY, by=people.actor(),
        at=people.NOW,
    )  # fmt: skip
    jobs.measure.call(photo.measurement.pk)
    return Measurement.objects.get(photograph=photo)


def test_measures_are_off_until_somebody_decides_and_then_nothing_is_measured() -> None:
    assert not measures_use.are_on()
    job = measured()
    assert job.state == JobState.DONE
    assert job.result is not None
    assert (job.result["measures"], job.result["further"]) == ([], [])
    assert "sharpness" in job.result["quality"], "the quality is told all the same: it says whether to take it again"


def test_switching_on_is_audited_with_its_text_and_measures_what_was_left() -> None:
    job = measured()
    people.switch_measures_on()
    assert measures_use.are_on()
    decision = MeasuresSwitch.objects.get()
    assert decision.text == read_use_text().body()
    event = AuditEvent.objects.get(act="switch_measures_on")
    assert (event.detail["version"], event.detail["sha256"]) == (1, read_use_text().sha256)
    job.refresh_from_db()
    assert job.state == JobState.WAITING
    jobs.measure.call(job.pk)
    job.refresh_from_db()
    assert job.result is not None
    assert len(job.result["measures"]) > 0


def test_switching_off_keeps_what_was_measured() -> None:
    people.switch_measures_on()
    job = measured()
    measures_use.switch_off(by=people.actor(Role.DIRECTOR), at=people.NOW)
    assert not measures_use.are_on()
    job.refresh_from_db()
    assert job.result is not None
    assert job.result["measures"]


def test_another_text_than_the_one_in_force_does_not_count() -> None:
    with pytest.raises(measures_use.NotReadThrough, match="Please confirm"):
        measures_use.switch_on(confirmed_sha256="0" * 64, by=people.actor(Role.DIRECTOR), at=people.NOW)
    assert not MeasuresSwitch.objects.exists()


def test_a_text_that_changed_switches_measures_off_until_it_is_agreed_to() -> None:
    MeasuresSwitch.objects.create(
        on=True, version=0, text={}, sha256="0" * 64, by=people.make_staff(Role.DIRECTOR), at=people.NOW
    )
    assert not measures_use.are_on()


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.PHYSICIAN, Role.ADMINISTRATOR, Role.FRONT_DESK])
def test_nobody_but_the_director_switches(role: str) -> None:
    with pytest.raises(NotPermitted):
        measures_use.switch_on(confirmed_sha256=read_use_text().sha256, by=people.actor(role), at=people.NOW)


def test_a_decision_cannot_be_taken_back_unseen() -> None:
    people.switch_measures_on()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        MeasuresSwitch.objects.update(on=False)
