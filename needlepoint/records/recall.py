"""Recalls: the maker's notice, what of the stock it meets, whom it concerns, and what was done until it was closed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class RecallUrgency(models.TextChoices):
    """How grave the notice says it is, by the classes of the FDA; a notice without class is the gravest until read."""

    CLASS_1 = "class_1", "Class I: serious harm or death is likely"
    CLASS_2 = "class_2", "Class II: harm that passes is possible"
    CLASS_3 = "class_3", "Class III: harm is not likely"
    UNKNOWN = "unknown", "No class given (such as a field safety notice)"


class RecallAction(models.TextChoices):
    """What becomes of the lots and devices that are met."""

    QUARANTINED = "quarantined", "Quarantine: hold back until it is clear"
    RECALLED = "recalled", "Recall: never to be used again"


class Recall(models.Model):
    """One notice and its run; locked once it is closed and signed."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    maker = models.CharField(max_length=120)
    reference = models.CharField(max_length=80, blank=True)
    product = models.CharField(max_length=60, blank=True)  # of the vocabulary or a serum's name; empty: any
    lots = models.JSONField(default=list)  # lot numbers as printed; empty: every lot of the product or trade number
    serials = models.JSONField(default=list)  # serial numbers of devices
    gtin = models.CharField(max_length=14, blank=True)
    notice_on = models.DateField()
    urgency = models.CharField(max_length=20, choices=RecallUrgency.choices)
    action = models.CharField(max_length=20, choices=RecallAction.choices)
    text = models.TextField()
    file_name = models.CharField(max_length=120, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    conclusion = models.TextField(blank=True)
    report_sha256 = models.CharField(max_length=64, blank=True)

    classified: ClassVar = Classes(
        operational="ref maker reference product lots serials gtin notice_on urgency action text file_name file_sha256 "
        "opened_at opened_by closed_at closed_by conclusion report_sha256"
    )

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True)
                | (
                    models.Q(closed_by__isnull=False)
                    & ~models.Q(conclusion="")
                    & models.Q(report_sha256__regex=r"^[0-9a-f]{64}$")
                ),
                name="recall_closed_is_signed_and_reported",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.maker} {self.reference}".strip()


class RecallMatch(models.Model):
    """A lot or a device that a notice meets, and the state it was in before; append-only."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="matches")
    lot = models.ForeignKey("records.Lot", null=True, on_delete=models.PROTECT, related_name="recall_matches")
    device_unit = models.ForeignKey(
        "records.DeviceUnit", null=True, on_delete=models.PROTECT, related_name="recall_matches"
    )
    because = models.CharField(max_length=120)
    before = models.CharField(max_length=20)
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="recall lot device_unit because before at")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(lot__isnull=False, device_unit__isnull=True)
                | models.Q(lot__isnull=True, device_unit__isnull=False),
                name="recall_meets_a_lot_or_a_device",
            ),
            models.UniqueConstraint(fields=["recall", "lot"], name="recall_meets_a_lot_once"),
            models.UniqueConstraint(fields=["recall", "device_unit"], name="recall_meets_a_device_once"),
        ]

    def __str__(self) -> str:
        return self.because


class RecallPatient(models.Model):
    """A patient whom a recall concerns; append-only, what happened with each is in its contacts."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="patients")
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="recalls")
    at = models.DateTimeField()

    classified: ClassVar = Classes(identifying="patient", operational="recall at")

    class Meta:
        ordering: ClassVar = ["patient__family_name", "patient__given_name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["recall", "patient"], name="recall_lists_once")]

    def __str__(self) -> str:
        return str(self.patient)


class ContactKind(models.TextChoices):
    """How one reached, or did not reach, a patient in a recall."""

    MESSAGE = "message", "Message queued"
    REMINDER = "reminder", "Reminder queued"
    TELEPHONE = "telephone", "Spoken with on the telephone"
    LETTER = "letter", "Letter sent"
    NO_ANSWER = "no_answer", "Tried, no answer"
    REPLY = "reply", "The patient replied: well"
    REPLY_HARM = "reply_harm", "The patient replied: has complaints"
    GIVEN_UP = "given_up", "Cannot be reached; tried enough"


class RecallContact(models.Model):
    """One contact with one patient in a recall; append-only."""

    listed = models.ForeignKey(RecallPatient, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=20, choices=ContactKind.choices)
    words = models.CharField(max_length=500, blank=True)
    message = models.ForeignKey("records.Message", null=True, on_delete=models.PROTECT, related_name="recall_contacts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(clinical="words", operational="listed kind message by at")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.kind
