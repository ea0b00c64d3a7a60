"""How photographs are seen: whether they are measured, how comparable a pair is, and what blinded raters say."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class MeasuresSwitch(models.Model):
    """The director's decision whether photographs are measured here, with the text it was taken under."""

    on = models.BooleanField()
    version = models.PositiveSmallIntegerField()
    text = models.JSONField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="on version text sha256 by at")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"measures {'on' if self.on else 'off'}, text version {self.version}"


class CardCalibration(models.Model):
    """What the ruler on the clinic's printed colour card measures: printers shrink."""

    nominal_mm = models.FloatField()
    measured_mm = models.FloatField()
    printer = models.CharField(max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="nominal_mm measured_mm printer by at")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(nominal_mm__gt=0, measured_mm__gt=0), name="card_ruler_has_a_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measured_mm:g} mm of {self.nominal_mm:g} mm"

    @property
    def factor(self) -> float:
        """Give by how much the print is larger than drawn."""
        return self.measured_mm / self.nominal_mm


class PairScore(models.Model):
    """How comparable somebody found a pair of photographs: which of the nine SEPIA points it keeps."""

    before = models.ForeignKey("records.Photograph", on_delete=models.PROTECT, related_name="scored_as_before")
    after = models.ForeignKey("records.Photograph", on_delete=models.PROTECT, related_name="scored_as_after")
    kept = models.JSONField()
    points = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(identifying="before after", clinical="kept points", operational="by at")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.points} of 9"


class RatingSet(models.Model):
    """Pairs of photographs that two people rate without knowing which came first; the seed has shuffled them."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=200)
    seed = models.BigIntegerField()
    first_rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second_rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="ref title question seed first_rater second_rater by at")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(first_rater=models.F("second_rater")), name="rating_set_two_raters"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RatingPair(models.Model):
    """One pair of a set: its place in the shuffled order, and whether the later photograph stands on the left."""

    of = models.ForeignKey(RatingSet, on_delete=models.PROTECT, related_name="pairs")
    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    place = models.PositiveIntegerField()
    before = models.ForeignKey("records.Photograph", on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey("records.Photograph", on_delete=models.PROTECT, related_name="+")
    later_left = models.BooleanField()

    classified: ClassVar = Classes(identifying="before after", operational="of ref place later_left")

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "place"], name="rating_place_once"),
            models.UniqueConstraint(fields=["of", "before", "after"], name="rating_pair_once"),
        ]

    def __str__(self) -> str:
        return f"pair {self.place}"


class Rating(models.Model):
    """What one rater saw: how much better the right photograph is than the left, from -3 to 3."""

    pair = models.ForeignKey(RatingPair, on_delete=models.PROTECT, related_name="ratings")
    right_better = models.SmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(clinical="right_better", operational="pair by at")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pair", "by"], name="rating_once_a_rater"),
            models.CheckConstraint(condition=models.Q(right_better__range=(-3, 3)), name="rating_within_seven_steps"),
        ]

    def __str__(self) -> str:
        return f"{self.right_better:+d}"
