"""Gives a case as the parameters that the CQL library takes."""

from __future__ import annotations

from datetime import date
from typing import Any

from needlepoint.core.case import Case
from needlepoint.core.terms import NEVER, UNKNOWN


def parameters(case: Case) -> dict[str, Any]:
    """Give a case as the parameters of the library, days as text; what is not given, or unknown, is left out."""
    said = {f"answer {id_}": _plain(answer) for id_, answer in case.answers.items()}
    told = {
        "on": case.on.isoformat(),
        "birth date": case.patient.birth_date.isoformat(),
        "sex": case.patient.sex.value,
        "fitzpatrick": case.patient.fitzpatrick,
        "weight kg": case.patient.weight_kg,
        "premises": case.premises,
        "operator": case.operator,
        "device": case.device.id if case.device else None,
        "indication": case.indication.id,
        "areas": list(case.areas),
        "depth mm": case.depth_mm,
        "anaesthetic": case.anaesthetic.id if case.anaesthetic else None,
        "said never": [id_ for id_, answer in case.answers.items() if answer is NEVER],
        "said unknown": [id_ for id_, answer in case.answers.items() if answer is UNKNOWN],
    }
    return {name: value for name, value in (told | said).items() if value is not None}


def _plain(answer: object) -> Any:
    match answer:
        case frozenset():
            return sorted(answer)
        case date():
            return answer.isoformat()
        case bool() | str() | float():
            return answer
        case _:
            return None
