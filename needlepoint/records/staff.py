"""The people who work in the clinic, their roles, and the clinic itself."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from needlepoint.records.classes import Classes


class Role(models.TextChoices):
    """What somebody is in the clinic; who may do what follows from it (see actions/access.py)."""

    FRONT_DESK = "front_desk", "Front desk"
    THERAPIST = "therapist", "Therapist"
    PHYSICIAN = "physician", "Physician"
    DIRECTOR = "director", "Director"
    ADMINISTRATOR = "administrator", "Administrator"


class User(AbstractUser):
    """Somebody who signs in. `operator` is the professional role the rules on who may treat look at.

    A password given by the administrator is good for one sign-in, after which a new one must be chosen.
    """

    role = models.CharField(max_length=20, choices=Role.choices)
    operator = models.CharField(max_length=40, blank=True)
    one_time_password = models.BooleanField(default=False)

    classified: ClassVar = Classes(
        identifying="username first_name last_name email",
        operational="password last_login is_superuser is_staff is_active date_joined role operator one_time_password "
        "groups user_permissions",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Clinic(models.Model):
    """The one clinic this installation serves; `premises` is the ISO 3166 code its law follows from."""

    name = models.CharField(max_length=200)
    premises = models.CharField(max_length=6)
    address = models.TextField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    out_of_hours = models.TextField(blank=True)
    cosign_every = models.BooleanField(default=False)  # every chart of a therapist, not only the marked ones

    classified: ClassVar = Classes(operational="name premises address telephone out_of_hours cosign_every")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="clinic_only_one")]

    def __str__(self) -> str:
        return self.name
