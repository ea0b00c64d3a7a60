"""Courses of treatment: opening one for a patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.records.models import Course

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Patient, PatientLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A course as the patient's page lists it."""

    course: Course
    indication: str
    areas: str


class NotInVocabulary(ValueError):
    """A course was to be opened for something or some place the vocabulary does not have."""


def label_of(course: Course) -> str:
    """Give what a course treats, in words."""
    return knowledge.load().vocabulary.indications[course.indication].label


def courses_of(patient: Patient, *, by: Actor) -> tuple[Listed, ...]:
    """Give the patient's courses, the newest first; of their content only what is treated where."""
    access.require(Act.FIND_PATIENT, by=by)
    known = knowledge.load().vocabulary
    return tuple(
        Listed(
            course=course,
            indication=label_of(course),
            areas=", ".join(known.areas[area].label for area in course.areas),
        )
        for course in Course.objects.filter(patient=patient)[:20]
    )


def course_of(link: PatientLink) -> Course:
    """Give the course a private link is about: the one it was made for, else the patient's newest.

    Raises
    ------
    NoSuchRecord
        When the patient has no course.

    """
    course = link.course or Course.objects.select_related("patient").filter(patient=link.patient).first()
    if course is None:
        raise NoSuchRecord("course")
    course.patient = link.patient
    return course


@transaction.atomic
def open_course(patient: Patient, *, indication: str, areas: Iterable[str], by: Actor, at: datetime) -> Course:
    """Open a course for one indication in one or more areas; groups of areas are spread out.

    Raises
    ------
    NotInVocabulary
        When the indication or an area is unknown, or there is no area.

    """
    access.require(Act.OPEN_COURSE, by=by)
    known = knowledge.load().vocabulary
    chosen = tuple(areas)
    if indication not in known.indications:
        raise NotInVocabulary(f"there is no indication {indication}")
    strangers = [area for area in chosen if area not in known.members]
    if strangers or not chosen:
        raise NotInVocabulary(f"there is no area {strangers[0]}" if strangers else "at least one area is needed")
    course = Course.objects.create(
        patient=patient, indication=indication, areas=list(known.expand(chosen)), opened_at=at, opened_by=by.member
    )
    audit.record("open_course", by=by, at=at, patient=patient, subject=course)
    return course
