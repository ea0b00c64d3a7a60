"""Photographs, what was measured in them, and how two of them compare."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class Photograph(models.Model):
    """One immutable original in the vault, named by the SHA-256 of its bytes."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey("records.Course", on_delete=models.PROTECT, related_name="photographs")
    session = models.ForeignKey(
        "records.TreatmentSession", null=True, on_delete=models.PROTECT, related_name="photographs"
    )
    view = models.CharField(max_length=40)
    taken_on = models.DateField()
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    media_type = models.CharField(max_length=40)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    source = models.CharField(max_length=10, default="file")  # "camera" of a page, or "file"
    modes = models.JSONField(default=list)  # what was done to the picture, as far as the file tells
    kept_despite = models.JSONField(default=list)  # what spoke against keeping it when it was taken
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey("records.PatientLink", null=True, on_delete=models.PROTECT, related_name="photographs")

    classified: ClassVar = Classes(
        identifying="ref course sha256",
        clinical="view taken_on",
        operational="session size_bytes media_type width_px height_px source modes kept_despite at by link",
    )

    class Meta:
        ordering: ClassVar = ["taken_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "sha256"], name="photograph_once_a_course"),
        ]

    def __str__(self) -> str:
        return f"{self.view} of {self.taken_on}"


class PhotographCopy(models.Model):
    """A smaller copy of a photograph as it is served: upright, without metadata, kept in the vault."""

    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="copies")
    size = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)

    classified: ClassVar = Classes(identifying="photograph sha256", operational="size")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["photograph", "size"], name="copy_once_a_size")]

    def __str__(self) -> str:
        return self.size


class JobState(models.TextChoices):
    """Where background work stands."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Measurement(models.Model):
    """The measures of one photograph, made in the background."""

    photograph = models.OneToOneField(Photograph, on_delete=models.PROTECT, related_name="measurement")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    at = models.DateTimeField()

    classified: ClassVar = Classes(
        identifying="photograph", clinical="result", operational="state progress attempts beat_at error at"
    )

    def __str__(self) -> str:
        return self.state


class Comparison(models.Model):
    """Two photographs of one course laid over each other, made in the background."""

    before = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="compared_as_before")
    after = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="compared_as_after")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    at = models.DateTimeField()

    classified: ClassVar = Classes(
        identifying="before after", clinical="result", operational="state progress attempts beat_at error at"
    )

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["before", "after"], name="comparison_once")]

    def __str__(self) -> str:
        return self.state


class ComparisonCopy(models.Model):
    """A picture that laying one photograph over another gave, kept in the vault; it can be made again."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="copies")
    kind = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)

    classified: ClassVar = Classes(identifying="comparison sha256", operational="kind")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comparison", "kind"], name="comparison_copy_once_a_kind"),
        ]

    def __str__(self) -> str:
        return self.kind
