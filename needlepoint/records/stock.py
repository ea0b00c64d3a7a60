"""What is used up: lots, their single-use units, what a trade number means, and serums used in a session."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class LotState(models.TextChoices):
    """Whether a lot may be used."""

    IN_STOCK = "in_stock", "In stock"
    QUARANTINED = "quarantined", "Quarantined"
    RECALLED = "recalled", "Recalled"


KINDS = [("cartridge", "cartridge"), ("roller", "roller"), ("anaesthetic", "anaesthetic"), ("serum", "serum or drug")]


class TradeItem(models.Model):
    """What a trade number (GTIN, fourteen digits) stands for in this clinic, learned from the first pack of it."""

    gtin = models.CharField(max_length=14, unique=True)
    kind = models.CharField(max_length=20, choices=KINDS)
    product = models.CharField(max_length=60)
    maker = models.CharField(max_length=100, blank=True)
    units = models.PositiveSmallIntegerField(null=True)  # single-use units in one such pack, as it came last

    classified: ClassVar = Classes(operational="gtin kind product maker units")

    def __str__(self) -> str:
        return self.gtin


class Lot(models.Model):
    """A delivered lot; `product` is an id of the vocabulary, for a serum or drug its name as it is printed."""

    kind = models.CharField(max_length=20, choices=KINDS)
    product = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    expires_on = models.DateField()
    made_on = models.DateField(null=True)
    gtin = models.CharField(max_length=14, blank=True)
    maker = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=20, choices=LotState.choices, default=LotState.IN_STOCK)

    classified: ClassVar = Classes(operational="kind product number expires_on made_on gtin maker state")

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


class SubstanceUse(models.Model):
    """A serum or drug that went on or into the skin in a session; a mistake is struck, and stays readable."""

    session = models.ForeignKey("records.TreatmentSession", on_delete=models.PROTECT, related_name="substances")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="substance_uses")
    area = models.CharField(max_length=40, blank=True)
    amount = models.CharField(max_length=40)
    channels = models.BooleanField()  # put on while the channels were open
    off_label = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    struck_reason = models.CharField(max_length=300, blank=True)

    classified: ClassVar = Classes(
        clinical="area amount channels off_label reason struck_reason",
        operational="session lot by at struck_at struck_by",
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(off_label=False) | ~models.Q(reason=""), name="off_label_use_has_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(struck_at__isnull=True, struck_by__isnull=True, struck_reason="")
                | (models.Q(struck_at__isnull=False, struck_by__isnull=False) & ~models.Q(struck_reason="")),
                name="struck_substance_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.amount}"
