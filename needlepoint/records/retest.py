"""The clinic's own test-retest study: the same skin photographed again, to learn what measures make of no change."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class RetestStudy(models.Model):
    """One study: how many people, how often each is photographed, with which camera under which lamp."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=120)
    view = models.CharField(max_length=40)
    people_wanted = models.PositiveSmallIntegerField()
    takes_wanted = models.PositiveSmallIntegerField()
    set_up = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="ref title view people_wanted takes_wanted set_up by at")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(people_wanted__gte=2, takes_wanted__range=(2, 5)), name="retest_study_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RetestPerson(models.Model):
    """Somebody who takes part, by the course their photographs are kept in."""

    study = models.ForeignKey(RetestStudy, on_delete=models.PROTECT, related_name="people")
    course = models.ForeignKey("records.Course", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(identifying="course", operational="study number by at")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "course"], name="retest_person_once"),
            models.UniqueConstraint(fields=["study", "number"], name="retest_number_once"),
        ]

    def __str__(self) -> str:
        return f"person {self.number}"


class RetestTake(models.Model):
    """One photograph of somebody in a study."""

    person = models.ForeignKey(RetestPerson, on_delete=models.PROTECT, related_name="takes")
    number = models.PositiveSmallIntegerField()
    photograph = models.OneToOneField("records.Photograph", on_delete=models.PROTECT, related_name="retest")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(identifying="photograph", operational="person number by at")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "number"], name="retest_take_once"),
        ]

    def __str__(self) -> str:
        return f"take {self.number}"


class RetestResult(models.Model):
    """What a study found, signed; from then on its smallest detectable changes are the ones to go by."""

    study = models.OneToOneField(RetestStudy, on_delete=models.PROTECT, related_name="result")
    found = models.JSONField()
    people = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="study found people note by at")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.study}, {self.people} people"
