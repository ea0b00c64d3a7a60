"""Who did or read what, as a chain in which each event seals the one before."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class AuditEvent(models.Model):
    """One act or one read. Rows are only ever added; the database refuses to change or remove them."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=200)
    act = models.CharField(max_length=60)
    patient = models.ForeignKey("records.Patient", null=True, on_delete=models.PROTECT, related_name="audit_events")
    subject = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    classified: ClassVar = Classes(
        identifying="actor patient", clinical="detail", operational="number at by act subject previous seal"
    )

    class Meta:
        ordering: ClassVar = ["number"]
        # A signed chart looks up the event of its signature each time it is shown.
        indexes: ClassVar = [models.Index(fields=["act", "subject"], name="audit_by_act")]

    def __str__(self) -> str:
        return f"{self.number} {self.act}"


class AuditHead(models.Model):
    """Where the chain ends: locked while an event is added, and what shows that the last rows are still there."""

    number = models.PositiveBigIntegerField(default=0)
    seal = models.CharField(max_length=64)

    classified: ClassVar = Classes(operational="number seal")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="audit_head_only_one")]

    def __str__(self) -> str:
        return f"{self.number} {self.seal}"
