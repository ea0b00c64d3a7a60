"""The clinic's protocols: named, versioned ways to treat; a version is never changed, a new one is a new row."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class Protocol(models.Model):
    """What all versions of a protocol share: its use, and the version of another that it was copied from."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    indication = models.CharField(max_length=60)
    copied_from = models.ForeignKey(
        "records.ProtocolVersion", null=True, on_delete=models.PROTECT, related_name="copies"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="ref indication copied_from by at")

    class Meta:
        ordering: ClassVar = ["indication", "id"]

    def __str__(self) -> str:
        return f"protocol {self.pk}"


class ProtocolVersion(models.Model):
    """One version: device class, settings of each area (area, depth_mm, passes), endpoint and course."""

    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    device_class = models.CharField(max_length=10)
    device = models.CharField(max_length=60, blank=True)
    areas = models.JSONField()
    endpoint = models.CharField(max_length=40)
    sessions = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField()
    anaesthetic = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(
        operational="protocol number name device_class device areas endpoint sessions interval_days anaesthetic note "
        "by at"
    )

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["protocol", "number"], name="protocol_version_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(sessions__gte=1, interval_days__gte=1), name="protocol_course_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"


class ProtocolAdoption(models.Model):
    """A physician made a version one that may be planned from."""

    version = models.OneToOneField(ProtocolVersion, on_delete=models.PROTECT, related_name="adoption")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="version by at")

    def __str__(self) -> str:
        return f"adoption of protocol version {self.version_id}"
