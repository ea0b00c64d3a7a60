"""Patients, the requests that precede them, their private links and their answers."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.core.terms import Sex
from needlepoint.records.classes import Classes


class Patient(models.Model):
    """A person with a chart."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    birth_date = models.DateField()
    sex = models.CharField(max_length=10, choices=[(sex.value, sex.value) for sex in Sex])
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    fitzpatrick = models.PositiveSmallIntegerField(null=True, blank=True)
    weight_kg = models.FloatField(null=True, blank=True)
    height_cm = models.FloatField(null=True, blank=True)
    allergies = models.TextField(blank=True)
    synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classified: ClassVar = Classes(
        identifying="ref given_name family_name birth_date email telephone",
        clinical="sex fitzpatrick weight_kg height_cm allergies",
        operational="synthetic created_at created_by",
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["family_name", "given_name"], name="patient_by_name")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(fitzpatrick__isnull=True) | models.Q(fitzpatrick__range=(1, 6)),
                name="patient_fitzpatrick_1_to_6",
            ),
            models.CheckConstraint(
                condition=models.Q(weight_kg__isnull=True) | models.Q(weight_kg__range=(0.4, 500)),
                name="patient_weight_possible",
            ),
            models.CheckConstraint(
                condition=models.Q(height_cm__isnull=True) | models.Q(height_cm__range=(25, 260)),
                name="patient_height_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


class ConsultationRequest(models.Model):
    """Somebody asked, from the public pages, to be called back."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    wish = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="requests")

    classified: ClassVar = Classes(
        identifying="name email telephone patient",
        clinical="wish message",
        operational="received_at handled_at handled_by",
    )

    class Meta:
        ordering: ClassVar = ["-received_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(email="") | ~models.Q(telephone=""), name="request_can_be_answered"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Course(models.Model):
    """One treatment episode: what is to be treated, where. Screenings, plans, consents and sessions hang on it."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    indication = models.CharField(max_length=60)
    areas = models.JSONField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    classified: ClassVar = Classes(
        identifying="ref patient", clinical="indication areas", operational="opened_at opened_by closed_at"
    )

    class Meta:
        ordering: ClassVar = ["-opened_at"]

    def __str__(self) -> str:
        return self.indication


class PatientLink(models.Model):
    """A private, expiring way for a patient to reach own pages; only the hash of its secret is kept."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="links")
    course = models.ForeignKey(Course, null=True, on_delete=models.PROTECT, related_name="links")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    classified: ClassVar = Classes(
        identifying="patient course secret_sha256", operational="created_at created_by expires_at revoked_at"
    )

    def __str__(self) -> str:
        return f"link {self.pk}"


class Answer(models.Model):
    """One answer on one day. A change is a new row; the newest row of a question is the answer in force."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)  # JSON null: the answer was taken back
    answered_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(PatientLink, null=True, on_delete=models.PROTECT, related_name="answers")

    classified: ClassVar = Classes(
        identifying="patient", clinical="question value answered_on", operational="at by link"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "question", "-id"], name="answer_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(by__isnull=False) | models.Q(link__isnull=False), name="answer_has_author"
            ),
        ]

    def __str__(self) -> str:
        return self.question
