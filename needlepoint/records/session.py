"""The treatment session: its chart, its areas, its changes, its amendments."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from needlepoint.records.classes import Classes


class TimeOut(models.TextChoices):
    """What is checked aloud before the first puncture."""

    IDENTITY = "identity", "Identity: name and birth date said by the patient"
    AREAS = "areas", "Areas: shown by the patient, agree with the plan"
    ALLERGIES = "allergies", "Allergies: asked again"
    CONSENT = "consent", "Consent: signed and still wanted"
    LOT = "lot", "Lot: cartridge sterile, in date, seal whole"
    ANAESTHETIC_OFF = "anaesthetic_off", "Anaesthetic: off and cleaned away, or none used"


class Endpoint(models.TextChoices):
    """What the skin showed when an area was finished."""

    EVEN_REDNESS = "even_redness", "Even redness"
    PINPOINT_BLEEDING = "pinpoint_bleeding", "Fine pinpoint bleeding"
    STOPPED_EARLY = "stopped_early", "Stopped before the endpoint"
    NOT_TREATED = "not_treated", "Not treated today"


class Bleeding(models.TextChoices):
    """How much an area bled."""

    NONE = "none", "None"
    PINPOINT = "pinpoint", "Pinpoint"
    OOZING = "oozing", "Oozing, stopped with gauze"
    MORE = "more", "More than that"


class TreatmentSession(models.Model):
    """One visit in which needles touched skin. Locked once signed or struck; the database refuses later changes."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey("records.Course", on_delete=models.PROTECT, related_name="sessions")
    on = models.DateField()
    screening = models.ForeignKey("records.Screening", null=True, on_delete=models.PROTECT, related_name="sessions")
    plan = models.ForeignKey("records.Plan", null=True, on_delete=models.PROTECT, related_name="sessions")
    consent = models.ForeignKey("records.Consent", null=True, on_delete=models.PROTECT, related_name="sessions")
    exception_reason = models.TextField(blank=True)
    exception_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    numbing_lot = models.ForeignKey("records.Lot", null=True, on_delete=models.PROTECT, related_name="numbed")
    numbing_grams = models.FloatField(null=True)
    numbing_area_cm2 = models.FloatField(null=True)
    numbing_on = models.DateTimeField(null=True)
    numbing_off = models.DateTimeField(null=True)
    time_out = models.JSONField(default=list)
    time_out_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cooled_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    aftercare_given_at = models.DateTimeField(null=True)
    no_photo_reason = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_meaning = models.CharField(max_length=200, blank=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)
    cosign_because = models.TextField(blank=True)  # why a physician signs too, a line each, as it was at the signature
    struck_at = models.DateTimeField(null=True)  # charted on the wrong patient; see SessionStrike

    classified: ClassVar = Classes(
        identifying="ref course",
        clinical="on exception_reason numbing_grams numbing_area_cm2 numbing_on numbing_off time_out time_out_at "
        "started_at finished_at cooled_at left_at aftercare_given_at no_photo_reason note cosign_because",
        operational="screening plan consent exception_by therapist opened_at numbing_lot signed_at signed_by "
        "signed_meaning signed_sha256 struck_at",
    )

    class Meta:
        ordering: ClassVar = ["-on", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["signed_at"], condition=~models.Q(cosign_because=""), name="session_to_cosign")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(screening__isnull=False, plan__isnull=False, consent__isnull=False)
                | (models.Q(exception_by__isnull=False) & ~models.Q(exception_reason="")),
                name="session_has_screening_plan_consent_or_exception",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True)
                | (models.Q(signed_by__isnull=False) & ~models.Q(signed_sha256="") & ~models.Q(signed_meaning="")),
                name="session_signature_complete",
            ),
            models.CheckConstraint(
                condition=models.Q(numbing_grams__isnull=True) | models.Q(numbing_grams__gt=0, numbing_grams__lte=500),
                name="numbing_grams_possible",
            ),
            models.CheckConstraint(
                condition=models.Q(numbing_area_cm2__isnull=True)
                | models.Q(numbing_area_cm2__gt=0, numbing_area_cm2__lte=9999),
                name="numbing_area_possible",
            ),
            models.UniqueConstraint(
                fields=["course"],
                condition=models.Q(signed_at__isnull=True, struck_at__isnull=True),
                name="session_open_once_a_course",
            ),
        ]

    def __str__(self) -> str:
        return f"session of {self.on}"


class SessionArea(models.Model):
    """What was done in one area."""

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="areas")
    area = models.CharField(max_length=40)
    device = models.CharField(max_length=60)
    device_unit = models.ForeignKey("records.DeviceUnit", null=True, on_delete=models.PROTECT, related_name="+")
    cartridge = models.ForeignKey("records.Cartridge", null=True, on_delete=models.PROTECT, related_name="areas")
    planned_depth_mm = models.FloatField(null=True)
    planned_passes = models.PositiveSmallIntegerField(null=True)
    depth_mm = models.FloatField(null=True)
    passes = models.PositiveSmallIntegerField(null=True)
    endpoint = models.CharField(max_length=40, blank=True)
    bleeding = models.CharField(max_length=20, blank=True)
    pain = models.PositiveSmallIntegerField(null=True)
    deviation_reason = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)

    classified: ClassVar = Classes(
        clinical="area device planned_depth_mm planned_passes depth_mm passes endpoint bleeding pain "
        "deviation_reason finished_at",
        operational="session device_unit cartridge",
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "area"], name="area_once_a_session"),
            models.CheckConstraint(
                condition=models.Q(pain__isnull=True) | models.Q(pain__range=(0, 10)), name="pain_0_to_10"
            ),
            models.CheckConstraint(
                condition=models.Q(depth_mm__isnull=True) | models.Q(depth_mm__gt=0, depth_mm__lte=5),
                name="depth_possible",
            ),
            models.CheckConstraint(
                condition=models.Q(passes__isnull=True) | models.Q(passes__range=(1, 99)), name="passes_possible"
            ),
            models.CheckConstraint(
                condition=models.Q(endpoint="") | models.Q(endpoint__in=Endpoint.values), name="endpoint_known"
            ),
            models.CheckConstraint(
                condition=models.Q(bleeding="") | models.Q(bleeding__in=Bleeding.values), name="bleeding_known"
            ),
        ]

    def __str__(self) -> str:
        return self.area


class SessionChange(models.Model):
    """One field of a chart as it was saved; append-only, so that nothing typed is ever lost.

    `key` is chosen by the device that sends it, so that a change sent twice is taken once; `made_at` is when it was
    made there, `at` when it arrived. A change that arrives after a newer one is noted and does not take the field.
    """

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=80)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    reason = models.TextField(blank=True)  # filled when the chart was signed already: an amendment
    amendment = models.BooleanField(default=False)
    key = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    kept = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(
        clinical="field old new reason", operational="session amendment key made_at kept by at"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["field"], condition=models.Q(amendment=True), name="amendment_by_field"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amendment=False) | ~models.Q(reason=""), name="amendment_has_reason"
            ),
            models.UniqueConstraint(fields=["session", "key"], name="change_taken_once"),
        ]

    def __str__(self) -> str:
        return self.field


class CoSignature(models.Model):
    """A physician's signature under a chart that somebody else signed; it seals what both saw."""

    session = models.OneToOneField(TreatmentSession, on_delete=models.PROTECT, related_name="cosignature")
    meaning = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(operational="session meaning sha256 by at")

    def __str__(self) -> str:
        return f"co-signature of {self.at:%Y-%m-%d}"


class SessionAddendum(models.Model):
    """What was added to a signed chart afterwards, in free words; `key` takes one that is sent twice once."""

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    key = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(clinical="text", operational="session key by at")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "key"], name="addendum_taken_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="addendum_says_something"),
        ]

    def __str__(self) -> str:
        return f"addendum of {self.at:%Y-%m-%d}"


class SessionStrike(models.Model):
    """A session that was charted on the wrong patient: struck there with a reason, and where it was charted anew.

    Nothing of the struck chart is altered. `continued_as` is the chart of the patient who was treated; its areas may
    name the cartridges that were opened under the struck one.
    """

    session = models.OneToOneField(TreatmentSession, on_delete=models.PROTECT, related_name="strike")
    continued_as = models.OneToOneField(TreatmentSession, null=True, on_delete=models.PROTECT, related_name="continues")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    classified: ClassVar = Classes(clinical="reason", operational="session continued_as by at")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="strike_has_reason"),
            models.CheckConstraint(
                condition=models.Q(continued_as__isnull=True) | ~models.Q(continued_as=models.F("session")),
                name="strike_leads_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"struck on {self.at:%Y-%m-%d}"
