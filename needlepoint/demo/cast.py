"""The made-up people of the demo clinic: staff by role, and one patient for each thing there is to see."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from needlepoint.core.terms import Sex

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of the demo staff."""

    role: str
    given_name: str
    family_name: str
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One demo patient: particulars, what is to be treated, and the answers in which they differ from a healthy one.

    seed and fitzpatrick are those of the rendered photographs.
    """

    given_name: str
    family_name: str
    birth_date: date
    sex: Sex
    fitzpatrick: int
    weight_kg: float
    height_cm: float
    indication: str
    areas: tuple[str, ...]
    allergies: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


STAFF: Final = (
    Member(role="front_desk", given_name="Demo", family_name="Frontdesk"),
    Member(role="therapist", given_name="Demo", family_name="Therapist", operator="nurse"),
    Member(role="physician", given_name="Demo", family_name="Physician", operator="physician"),
    Member(role="director", given_name="Demo", family_name="Director"),
    Member(role="administrator", given_name="Demo", family_name="Administrator"),
)

ANSWERING = Person(
    given_name="Ada", family_name="Synthetic", birth_date=date(1990, 4, 2), sex=Sex.FEMALE, fitzpatrick=3,
    weight_kg=62, height_cm=168, indication="perioral_wrinkles", areas=("perioral", "upper_lip"),
)  # fmt: skip
REFUSED = Person(
    given_name="Ben", family_name="Specimen", birth_date=date(1985, 9, 14), sex=Sex.MALE, fitzpatrick=2,
    weight_kg=81, height_cm=183, indication="acne_scars", areas=("cheeks",),
    told={"keloid_own": True, "scar_formed": "2004-12-31", "medical_scar_therapy": False},
)  # fmt: skip
DEFERRED = Person(
    given_name="Chloe", family_name="Sample", birth_date=date(1998, 1, 23), sex=Sex.FEMALE, fitzpatrick=2,
    weight_kg=58, height_cm=165, indication="acne_scars", areas=("cheeks", "temples"),
    told={"isotretinoin_last_dose": -96, "scar_formed": "2020-12-31", "medical_scar_therapy": False},
)  # fmt: skip
REFERRED = Person(
    given_name="Dara", family_name="Example", birth_date=date(1957, 11, 3), sex=Sex.FEMALE, fitzpatrick=3,
    weight_kg=71, height_cm=162, indication="neck_wrinkles", areas=("neck",), allergies="penicillin",
    told={"blood_thinners": ["doac"], "clot_history": ["atrial_fibrillation"]},
)  # fmt: skip
READY = Person(
    given_name="Emil", family_name="Template", birth_date=date(1979, 6, 30), sex=Sex.MALE, fitzpatrick=4,
    weight_kg=84, height_cm=179, indication="acne_scars", areas=("cheeks", "temples"),
    told={"scar_formed": "1999-12-31", "medical_scar_therapy": False},
)  # fmt: skip
HARMED = Person(
    given_name="Fay", family_name="Fictive", birth_date=date(1972, 2, 9), sex=Sex.FEMALE, fitzpatrick=1,
    weight_kg=66, height_cm=170, indication="facial_wrinkles", areas=("cheeks", "forehead"), allergies="latex",
    told={"material_allergies": ["latex"]},
)  # fmt: skip
FINISHED = Person(
    given_name="Gia", family_name="Notional", birth_date=date(1988, 8, 19), sex=Sex.FEMALE, fitzpatrick=2,
    weight_kg=60, height_cm=171, indication="acne_scars", areas=("cheeks", "forehead"),
    told={"scar_formed": "2006-12-31", "medical_scar_therapy": False},
)  # fmt: skip


def again(person: Person, **told: Any) -> Person:
    """Give the same person at a later visit, who tells something more."""
    return replace(person, told={**person.told, **told})
