"""What an adopted knowledge set said, word for word, and whom a change of it or a single card touches."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes
from needlepoint.records.photographs import JobState
from needlepoint.records.screening import KnowledgeAdoption


class KnowledgeText(models.Model):
    """A file of a knowledge set that was adopted, kept once for all sets that say the same."""

    fingerprint = models.CharField(max_length=64, unique=True)
    text = models.TextField()

    classified: ClassVar = Classes(operational="fingerprint text")

    def __str__(self) -> str:
        return self.fingerprint


class AdoptedFile(models.Model):
    """A file of an adopted set: under which name, with which text."""

    adoption = models.ForeignKey(KnowledgeAdoption, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    text = models.ForeignKey(KnowledgeText, on_delete=models.PROTECT, related_name="+")

    classified: ClassVar = Classes(operational="adoption name text")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adoption", "name"], name="adopted_file_once"),
        ]

    def __str__(self) -> str:
        return self.name


class KnowledgeReview(models.Model):
    """Background work: which patients a change of the knowledge touches, or, with a card, whom that card touches."""

    card = models.CharField(max_length=100, blank=True)
    adoption = models.ForeignKey(KnowledgeAdoption, null=True, on_delete=models.PROTECT, related_name="reviews")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(
        clinical="result", operational="card adoption digest state progress attempts beat_at error by at"
    )

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.state
