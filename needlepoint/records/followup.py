"""After the session: self-checks, what reaches the clinician's queue, adverse events, graded scales."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class Urgency(models.TextChoices):
    """How soon somebody must look."""

    RED = "red", "At once"
    AMBER = "amber", "Today"
    YELLOW = "yellow", "Within days"
    NONE = "none", "Nothing reported"


class SelfCheck(models.Model):
    """What a patient reported on one day after a session; a second report is a second row."""

    session = models.ForeignKey("records.TreatmentSession", on_delete=models.PROTECT, related_name="self_checks")
    day = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    cards = models.JSONField(default=list)
    at = models.DateTimeField()
    link = models.ForeignKey("records.PatientLink", null=True, on_delete=models.PROTECT, related_name="self_checks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    classified: ClassVar = Classes(clinical="day answers urgency cards", operational="session at link by")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"day {self.day}: {self.urgency}"


class Alert(models.Model):
    """Something a clinician must look at by a time."""

    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="alerts")
    self_check = models.OneToOneField(SelfCheck, null=True, on_delete=models.PROTECT, related_name="alert")
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    reason = models.TextField()
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    handling = models.TextField(blank=True)

    classified: ClassVar = Classes(
        identifying="patient",
        clinical="urgency reason handling",
        operational="self_check raised_at due_at handled_at handled_by",
    )

    class Meta:
        ordering: ClassVar = ["due_at"]

    def __str__(self) -> str:
        return f"{self.urgency}: {self.reason}"


class AdverseEvent(models.Model):
    """Harm or possible harm, tied to the session and area it followed."""

    session = models.ForeignKey("records.TreatmentSession", on_delete=models.PROTECT, related_name="adverse_events")
    area = models.CharField(max_length=40, blank=True)
    what = models.CharField(max_length=200)
    grade = models.PositiveSmallIntegerField()
    began_on = models.DateField()
    course_so_far = models.TextField()
    outcome = models.CharField(max_length=40)
    photograph = models.ForeignKey("records.Photograph", null=True, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("records.Lot", null=True, on_delete=models.PROTECT, related_name="adverse_events")
    device_unit = models.ForeignKey(
        "records.DeviceUnit", null=True, on_delete=models.PROTECT, related_name="adverse_events"
    )
    ended_on = models.DateField(null=True)
    particulars = models.JSONField(default=dict)  # what a report to an authority asks besides, by its own names
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(
        clinical="area what grade began_on course_so_far outcome ended_on particulars",
        operational="session photograph lot device_unit by at",
    )

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(grade__range=(1, 5)), name="adverse_event_grade_1_to_5"),
        ]

    def __str__(self) -> str:
        return self.what


class AdverseCourse(models.Model):
    """How an adverse event stood on one day; append-only, the newest row is how it stands."""

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="course")
    on = models.DateField()
    grade = models.PositiveSmallIntegerField()
    words = models.TextField()
    outcome = models.CharField(max_length=40)
    photograph = models.ForeignKey("records.Photograph", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(clinical="on grade words outcome", operational="event photograph by at")

    class Meta:
        ordering: ClassVar = ["on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(grade__range=(1, 5)), name="adverse_course_grade_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.outcome}"


class ScaleScore(models.Model):
    """One graded scale on one day, by one rater."""

    course = models.ForeignKey("records.Course", on_delete=models.PROTECT, related_name="scores")
    scale = models.CharField(max_length=60)
    grade = models.FloatField()
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(identifying="course", clinical="scale grade on", operational="by at")

    class Meta:
        ordering: ClassVar = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.scale} {self.grade}"
