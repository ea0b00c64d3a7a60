"""The fields of MedWatch 3500 and 3500A and of the Yellow Card, filled from the records; what is missing is named.

The names follow the sections of the forms as the evidence rows rg-us-3500a-fields, rg-us-3500 and rg-uk-fields list
them. The document is for copying into the form of the authority; nothing is sent from here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TEMPLATE: Final = Path(__file__).with_name("report.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form: its section, its name there, the fact that fills it, whether the form cannot go without."""

    section: str
    name: str
    fact: str
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form of an authority."""

    id: str
    title: str
    fields: tuple[Field, ...]


def _fields(section: str, *rows: tuple[str, str] | tuple[str, str, bool]) -> tuple[Field, ...]:
    return tuple(Field(section=section, name=row[0], fact=row[1], needed=len(row) == 3) for row in rows)


_PATIENT: Final = _fields(
    "A. Patient",
    ("Patient identifier", "patient_number", True), ("Age at time of event", "age", True),
    ("Date of birth", "birth_date"), ("Sex", "sex", True), ("Weight", "weight"),
)  # fmt: skip
_EVENT: Final = _fields(
    "B. Adverse event",
    ("Type of report", "event_type", True), ("Outcome attributed to adverse event", "seriousness", True),
    ("Date of event", "event_date", True), ("Date of this report", "report_date", True), ("Event", "event", True),
    ("Describe event", "narrative", True), ("Outcome so far", "outcome", True), ("Date it ended", "end_date"),
    ("Relevant tests and laboratory data", "tests"), ("Other relevant history, allergies", "history"),
)  # fmt: skip
_DEVICE: Final = _fields(
    "D. Suspect medical device",
    ("Brand name", "brand", True), ("Common device name", "common_name", True), ("Product code", "product_code"),
    ("Manufacturer name", "maker", True), ("Manufacturer city and state", "maker_place"),
    ("Catalogue number", "catalogue"), ("Serial number", "serial"), ("Lot number", "lot", True),
    ("Expiration date", "expiry"), ("Unique device identifier (UDI)", "udi"), ("Operator of device", "operator", True),
    ("If implanted or explanted, give dates", "implanted"),
    ("Single-use device reprocessed and reused?", "reprocessed"),
    ("Device available for evaluation", "available", True), ("Concomitant medical products", "concomitant"),
)  # fmt: skip
_REPORTER: Final = (
    ("Name", "reporter", True), ("Occupation", "reporter_role", True), ("Facility", "clinic", True),
    ("Address", "clinic_address", True), ("Telephone", "clinic_telephone"),
)  # fmt: skip
FORMS: Final[Mapping[str, Form]] = {
    form.id: form
    for form in (
        Form(
            id="medwatch_3500",
            title="MedWatch 3500 (voluntary)",
            fields=(*_PATIENT, *_EVENT, *_DEVICE, *_fields("G. Reporter", *_REPORTER)),
        ),
        Form(
            id="medwatch_3500a",
            title="MedWatch 3500A (user facility)",
            fields=(*_PATIENT, *_EVENT, *_DEVICE, *_fields("E. Initial reporter and F. User facility", *_REPORTER)),
        ),
        Form(
            id="yellow_card",
            title="Yellow Card (device incident)",
            fields=(
                *_fields("Reporter", *_REPORTER),
                *_fields("Patient", ("Age", "age", True), ("Sex", "sex", True), ("Local number", "patient_number")),
                *_fields(
                    "Incident",
                    ("Date of incident", "event_date", True), ("What happened", "narrative", True),
                    ("Injury", "event", True), ("Severity", "grade"), ("Outcome", "outcome", True),
                    ("Where on the body", "area"), ("Action taken", "action", True),
                ),
                *_fields(
                    "Device",
                    ("Device name", "brand", True), ("Type of device", "common_name"), ("Manufacturer", "maker", True),
                    ("Model or catalogue number", "catalogue"), ("Serial number", "serial"),
                    ("Lot number", "lot", True),
                    ("Expiry date", "expiry"), ("Date of manufacture", "made_on"), ("UDI", "udi"),
                    ("Where is the device now", "available", True), ("Used together with", "concomitant"),
                ),
            ),
        ),
    )
}  # fmt: skip
# 21 CFR 878.4430 and its product code, rg-us-class2.
COMMON_NAME: Final = "Microneedling device for aesthetic use"
PRODUCT_CODE: Final = "QAI"


def document(form: str, facts: Mapping[str, str]) -> dict[str, Any]:
    """Give a form as plain data for JSON: its fields by section, and the names of needed ones that are missing."""
    chosen = FORMS[form]
    known = {**facts, "common_name": COMMON_NAME, "product_code": PRODUCT_CODE}
    sections: dict[str, dict[str, str]] = {}
    for field in chosen.fields:
        sections.setdefault(field.section, {})[field.name] = known.get(field.fact, "")
    return {
        "form": chosen.id,
        "title": chosen.title,
        "sections": sections,
        "missing": [
            f"{field.section}: {field.name}" for field in chosen.fields if field.needed and not known.get(field.fact)
        ],
    }


def as_json(document: Mapping[str, Any]) -> bytes:
    """Give the document as JSON, readable by people too."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
