"""Consent: the frozen text, what was agreed to, the signature and its PDF, and withdrawals."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan

from needlepoint.records.classes import Classes

SHORTEST_NAME = 2  # characters of a full name
SHORTEST_DRAWING = 40  # characters of path data; a dot or a slip of the finger has fewer


class ConsentPart(models.TextChoices):
    """What is agreed to separately and can be withdrawn separately."""

    TREATMENT = "treatment", "Treatment"
    RECORD_PHOTO = "record_photo", "Photographs for the record"
    TEACHING = "teaching", "Photographs for teaching"
    MARKETING = "marketing", "Photographs for publicity"
    MESSAGES = "messages", "Messages about the treatment"


class ConsentText(models.Model):
    """One version of the text; frozen, a correction is a new version."""

    version = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=200)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    classified: ClassVar = Classes(operational="version title body sha256 at by")

    class Meta:
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


class Consent(models.Model):
    """What one patient agreed to, signed; the PDF in the vault carries exactly this and its hash is kept here."""

    course = models.ForeignKey("records.Course", on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    parts = models.JSONField()  # every part, true or false
    treatment = models.BooleanField()  # the part that a session hangs on, where the guards can read it
    signature_kind = models.CharField(max_length=10, choices=[("drawn", "drawn"), ("typed", "typed")])
    signature = models.TextField()
    signed_name = models.CharField(max_length=200)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey("records.PatientLink", null=True, on_delete=models.PROTECT, related_name="consents")
    pdf_sha256 = models.CharField(max_length=64)

    classified: ClassVar = Classes(
        identifying="course signature signed_name",
        clinical="parts treatment",
        operational="text signature_kind on at by link pdf_sha256",
    )

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(GreaterThan(Length(Trim("signed_name")), SHORTEST_NAME - 1))
                & (
                    models.Q(signature_kind="typed", signature=models.F("signed_name"))
                    | (
                        models.Q(signature_kind="drawn", signature__startswith="M")
                        & models.Q(GreaterThan(Length("signature"), SHORTEST_DRAWING - 1))
                    )
                ),
                name="consent_is_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(parts__has_keys=ConsentPart.values)
                & (models.Q(treatment=True, parts__treatment=True) | models.Q(treatment=False, parts__treatment=False)),
                name="consent_answers_every_part",
            ),
            models.CheckConstraint(
                condition=models.Q(by__isnull=False) | models.Q(link__isnull=False), name="consent_has_taker"
            ),
            models.CheckConstraint(
                condition=models.Q(GreaterThan(Length("pdf_sha256"), 63)), name="consent_has_document"
            ),
        ]

    def __str__(self) -> str:
        return f"consent of {self.on}"


class ConsentWithdrawal(models.Model):
    """One part of one consent taken back."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="withdrawals")
    part = models.CharField(max_length=20, choices=ConsentPart.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey("records.PatientLink", null=True, on_delete=models.PROTECT, related_name="withdrawals")

    classified: ClassVar = Classes(clinical="part", operational="consent at by link")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["consent", "part"], name="withdrawn_once")]

    def __str__(self) -> str:
        return self.part
