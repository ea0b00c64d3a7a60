"""Plans: as requested and as computed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class Plan(models.Model):
    """One computed plan of a course; never changed, a new plan is a new row."""

    course = models.ForeignKey("records.Course", on_delete=models.PROTECT, related_name="plans")
    on = models.DateField()
    request = models.JSONField()
    result = models.JSONField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(identifying="course", clinical="on request result", operational="digest by at")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"plan of {self.on}"


class PlanAdoption(models.Model):
    """Somebody entitled to it made a plan the one to treat by."""

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="adoption")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="plan by at")

    def __str__(self) -> str:
        return f"adoption of plan {self.plan_id}"
