"""What the rules said of a patient on a day, who overrode it, and which rules the clinic has adopted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.core.terms import Verdict
from needlepoint.records.classes import Classes


class KnowledgeAdoption(models.Model):
    """A physician made a knowledge set, named by its digest, the clinic's own."""

    digest = models.CharField(max_length=64)
    cards = models.JSONField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="digest cards note by at")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return self.digest


class Screening(models.Model):
    """A screening as it was asked and as it was answered, word for word."""

    course = models.ForeignKey("records.Course", on_delete=models.PROTECT, related_name="screenings")
    on = models.DateField()
    case = models.JSONField()
    result = models.JSONField()
    verdict = models.CharField(max_length=20, choices=[(v.value, v.value) for v in Verdict])
    not_before = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    adoption = models.ForeignKey(KnowledgeAdoption, null=True, on_delete=models.PROTECT, related_name="screenings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(
        identifying="course",
        clinical="on case result verdict not_before",
        operational="digest adoption by at",
    )

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.on}"


class Override(models.Model):
    """A physician decided against a finding, with a reason; a contraindication also needs a second person."""

    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="overrides")
    card = models.CharField(max_length=100)
    verdict = models.CharField(max_length=20)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(clinical="card verdict reason", operational="screening by at")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_reason"),
            models.UniqueConstraint(fields=["screening", "card"], name="override_once_a_card"),
        ]

    def __str__(self) -> str:
        return self.card


class OverrideConfirmation(models.Model):
    """The second person of an override of a contraindication."""

    override = models.OneToOneField(Override, on_delete=models.PROTECT, related_name="confirmation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="override by at")

    def __str__(self) -> str:
        return f"confirmation of {self.override_id}"
