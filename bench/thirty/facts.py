"""A case as flat facts, the way engines like them best: needed answers only, days already counted back from the day."""

from datetime import date
from typing import Any

from needlepoint.core.case import Case
from needlepoint.core.reading import read
from needlepoint.core.terms import NEVER, UNKNOWN
from thirty.rules import thirty


def facts(case: Case) -> dict[str, Any]:
    """Give every fact that one of the thirty rules reads; None for silence, for unknown and for never."""
    reading = read(case, thirty().questions)
    answers = {id_: answer for id_, answer in reading.answers.items() if id_ in reading.needed}
    return {
        "age": case.patient.age_on(case.on),
        "fitzpatrick": case.patient.fitzpatrick,
        "premises": case.premises,
        "country": (case.premises or "").partition("-")[0],
        "operator": case.operator,
        "overlay": case.device.overlay if case.device else None,
        "group": case.indication.group,
        "depth": case.deepest_mm,
        "areas": list(case.areas),
        **{question.id: _fact(answers.get(question.id), case.on) for question in thirty().questions},
    }


def _fact(answer: object, on: date) -> Any:
    match answer:
        case frozenset():
            return sorted(answer)
        case date():
            return (on - answer).days
        case _ if answer is NEVER or answer is UNKNOWN:
            return None
        case _:
            return answer
