"""What is used up and what is used again: lots, single-use cartridges, devices."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from needlepoint.records.classes import Classes


class LotState(models.TextChoices):
    """Whether a lot may be used."""

    IN_STOCK = "in_stock", "In stock"
    QUARANTINED = "quarantined", "Quarantined"
    RECALLED = "recalled", "Recalled"


class DeviceUnit(models.Model):
    """One pen handle or other reusable device of the clinic; `model` is a device id of the vocabulary."""

    model = models.CharField(max_length=60)
    serial = models.CharField(max_length=60, blank=True)
    service_due = models.DateField(null=True)

    classified: ClassVar = Classes(operational="model serial service_due")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["model", "serial"], name="device_unit_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.serial}".strip()


class Lot(models.Model):
    """A delivered lot of cartridges, rollers or anaesthetic; `product` is an id of the vocabulary."""

    kind = models.CharField(
        max_length=20,
        choices=[("cartridge", "cartridge"), ("roller", "roller"), ("anaesthetic", "anaesthetic")],
    )
    product = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    expires_on = models.DateField()
    state = models.CharField(max_length=20, choices=LotState.choices, default=LotState.IN_STOCK)

    classified: ClassVar = Classes(operational="kind product number expires_on state")

    class Meta:
        ordering: ClassVar = ["expires_on", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "product", "number"], name="lot_once")]

    def __str__(self) -> str:
        return self.number


class Cartridge(models.Model):
    """One sterile, single-use cartridge or roller of a lot; the database lets it into one session only."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="cartridges")
    unit = models.CharField(max_length=60)
    session = models.ForeignKey(
        "records.TreatmentSession", null=True, on_delete=models.PROTECT, related_name="cartridges"
    )

    classified: ClassVar = Classes(operational="lot unit session")

    class Meta:
        ordering: ClassVar = ["lot__expires_on", "unit"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["lot", "unit"], name="cartridge_once")]

    def __str__(self) -> str:
        return self.unit
