"""Messages to patients: the versions of their texts, what was sent, and what became of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class MessageState(models.TextChoices):
    """Where a message is on its way."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    WITHHELD = "withheld", "Not sent"


class MessageText(models.Model):
    """One version of a text; frozen, a correction is a new version."""

    key = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=150)
    body = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classified: ClassVar = Classes(operational="key version subject body at by")

    class Meta:
        ordering: ClassVar = ["key", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "version"], name="message_text_version_once")]

    def __str__(self) -> str:
        return f"{self.key}, version {self.version}"


class Message(models.Model):
    """One message to one patient. Its words never change; `once` keeps the same one from being made twice."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="messages")
    course = models.ForeignKey("records.Course", null=True, on_delete=models.PROTECT, related_name="messages")
    recall = models.ForeignKey("records.Recall", null=True, on_delete=models.PROTECT, related_name="messages")
    key = models.CharField(max_length=40)
    text_version = models.PositiveIntegerField()  # 0: the text that came with the program
    channel = models.CharField(max_length=10, choices=[("email", "E-mail"), ("sms", "SMS")])
    address = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()  # `{link}` stays in it: a private link is made when it is sent, and not kept
    calendar = models.TextField(blank=True)
    once = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.QUEUED)
    reason = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classified: ClassVar = Classes(
        identifying="ref patient course address",
        clinical="subject body calendar",
        operational="recall key text_version channel once state reason attempts queued_at due_at beat_at sent_at by",
    )

    class Meta:
        ordering: ClassVar = ["-queued_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="message_to_send")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["once"], condition=~models.Q(once=""), name="message_made_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["failed", "withheld"]) | ~models.Q(reason=""),
                name="message_not_sent_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="message_sent_says_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.patient}"


class MessageStep(models.Model):
    """One step of a message on its way: queued, tried, sent, failed, withheld; append-only."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=MessageState.choices)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="message state reason at")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.state
