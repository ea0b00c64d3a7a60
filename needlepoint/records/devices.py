"""What is used again and what is thrown away sharp: handles and their upkeep, and sharps containers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class DeviceState(models.TextChoices):
    """Whether a device may be used, apart from its service."""

    IN_SERVICE = "in_service", "In service"
    QUARANTINED = "quarantined", "Quarantined"
    RECALLED = "recalled", "Recalled"
    RETIRED = "retired", "Retired"


class DeviceUnit(models.Model):
    """One pen handle or other reusable device of the clinic; `model` is a device id of the vocabulary."""

    model = models.CharField(max_length=60)
    serial = models.CharField(max_length=60, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    maker = models.CharField(max_length=100, blank=True)
    service_due = models.DateField(null=True)
    state = models.CharField(max_length=20, choices=DeviceState.choices, default=DeviceState.IN_SERVICE)

    classified: ClassVar = Classes(operational="model serial gtin maker service_due state")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["model", "serial"], name="device_unit_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.serial}".strip()


class DeviceService(models.Model):
    """One service of a device: on which day, what was found, and when the next is due."""

    unit = models.ForeignKey(DeviceUnit, on_delete=models.PROTECT, related_name="services")
    on = models.DateField()
    next_due = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="unit on next_due note by at")

    class Meta:
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(next_due__gt=models.F("on")), name="next_service_is_later"),
        ]

    def __str__(self) -> str:
        return f"service of {self.on}"


class Disinfection(models.Model):
    """A handle made ready for the next patient: with what, by whom, after which session."""

    unit = models.ForeignKey(DeviceUnit, on_delete=models.PROTECT, related_name="disinfections")
    session = models.ForeignKey(
        "records.TreatmentSession", null=True, on_delete=models.PROTECT, related_name="disinfections"
    )
    agent = models.CharField(max_length=120)
    passed = models.BooleanField()  # looked at afterwards: clean, dry and whole
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="unit session agent passed note by at")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["unit", "-at"], name="disinfection_newest")]

    def __str__(self) -> str:
        return f"disinfection of {self.at:%Y-%m-%d}"


class SharpsContainer(models.Model):
    """A puncture-proof container of a room, from its first to its last day here."""

    label = models.CharField(max_length=40, unique=True)
    room = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    collected_at = models.DateTimeField(null=True)
    collected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    collector = models.CharField(max_length=120, blank=True)

    classified: ClassVar = Classes(
        operational="label room opened_at opened_by closed_at closed_by collected_at collected_by collector"
    )

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(collected_at__isnull=True)
                | (models.Q(closed_at__isnull=False) & ~models.Q(collector="")),
                name="sharps_closed_before_collected",
            ),
            models.UniqueConstraint(
                fields=["room"], condition=models.Q(closed_at__isnull=True), name="sharps_one_open_a_room"
            ),
        ]

    def __str__(self) -> str:
        return self.label
