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
    protocol = models.ForeignKey("records.ProtocolVersion", null=True, on_delete=models.PROTECT, related_name="plans")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(
        identifying="course", clinical="on request result", operational="digest protocol by at"
    )

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


class DepthOverride(models.Model):
    """A physician let the needles of one plan go beyond the depth the device was evaluated for, in one area."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="depth_overrides")
    area = models.CharField(max_length=40)
    device = models.CharField(max_length=60)
    depth_mm = models.FloatField()
    evaluated_mm = models.FloatField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(clinical="area device depth_mm evaluated_mm reason", operational="plan by at")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "area"], name="depth_overridden_once_an_area"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="depth_override_has_reason"),
            models.CheckConstraint(
                condition=models.Q(depth_mm__gt=models.F("evaluated_mm")), name="depth_override_goes_beyond"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.depth_mm:g} mm"
