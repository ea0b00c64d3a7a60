"""What screening costs: case by case, and column by column on the same synthetic population; prints ratios."""

import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from needlepoint.cli.case import read_case
from needlepoint.cli.population_jsonl import chunks
from needlepoint.cli.screen_many import screen_chunk
from needlepoint.core.screening.columnar import screen_population
from needlepoint.core.screening.population import encode
from needlepoint.core.screening.screen import screen
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.answers import AnswerError

ON = date(2026, 11, 22)
SINGLY, TOGETHER = 1_000, 20_000


def cases(size: int) -> list[dict[str, Any]]:
    """Give well-formed cases, each with a few things that matter among answers that do not."""
    rng = random.Random(7)
    found: list[dict[str, Any]] = []
    while len(found) < size:
        case = _case(rng, len(found))
        try:
            read_case(case)
        except AnswerError:
            continue
        found.append(case)
    return found


def _case(rng: random.Random, place: int) -> dict[str, Any]:
    names = load().vocabulary
    born = ON - timedelta(days=rng.randrange(16 * 365, 80 * 365))
    answers = {question.id: _nothing(question.kind) for question in load().questions}
    answers |= {question.id: question.choices[0].id for question in load().questions if question.kind == "choice"} | {
        "hba1c_percent": "unknown"
    }
    answers |= dict.fromkeys(rng.sample(sorted(answers), 1), "unknown")
    for question in rng.sample(load().questions, 4):
        if question.kind == "boolean":
            answers[question.id] = True
        elif question.kind == "date_or_never":
            answers[question.id] = (ON - timedelta(days=rng.randrange(400))).isoformat()
        elif question.kind == "areas":
            answers[question.id] = [rng.choice(list(names.areas))]
        elif question.kind == "multichoice":
            answers[question.id] = [rng.choice(question.choices).id]
    return {
        "id": f"p{place}", "on": ON.isoformat(), "premises": rng.choice(["DE", "US-CA", "GB-SCT"]),
        "operator": "physician", "device": rng.choice(list(names.devices)), "indication": "facial_wrinkles",
        "areas": rng.sample(list(names.areas), 2), "depth_mm": None,
        "patient": {"birth_date": born.isoformat(), "sex": "female", "fitzpatrick": rng.randrange(1, 7)},
        "answers": {id_: answer for id_, answer in answers.items() if id_ not in HANGING},
    }  # fmt: skip


# Questions that hang on others, which a random answer would mostly contradict.
HANGING = frozenset(question.id for question in load().questions if question.only_if is not None)


def _nothing(kind: str) -> Any:
    return {"boolean": False, "date_or_never": "never", "areas": [], "multichoice": []}.get(kind)


def rate(size: int, job: Callable[[], object], rounds: int = 3) -> float:
    """Give patients per second, the best of a few rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        job()
        best = min(best, time.perf_counter() - start)
    return size / best


def main() -> None:
    some = cases(2_000)
    many = [some[place % len(some)] | {"id": f"p{place}"} for place in range(TOGETHER)]
    rules = rules_on(ON)
    read = [read_case(case) for case in many]
    people = encode(read, rules.area_order)
    with tempfile.TemporaryDirectory() as room:
        file = Path(room) / "patients.jsonl"
        file.write_text("".join(json.dumps(case) + "\n" for case in many), "utf-8")
        singly = rate(SINGLY, lambda: [screen(case, rules) for case in read[:SINGLY]])
        columns = rate(len(people), lambda: screen_population(people, rules))
        whole_singly = rate(SINGLY, lambda: [screen(read_case(case), rules) for case in many[:SINGLY]])
        whole = rate(len(many), lambda: [screen_chunk(chunk) for chunk in chunks(file)])
    alike = screen_population(people.at(np.arange(SINGLY)), rules)["verdict"].to_list()
    assert alike == [screen(case, rules).verdict.value for case in read[:SINGLY]]
    print(f"{len(rules.rules)} rules, {len(many)} patients, {len(set(alike))} different verdicts")
    print(f"rules only    one by one {singly:10,.0f}/s   columns {columns:10,.0f}/s   ratio {columns / singly:6.1f}")
    print(
        f"checks, too   one by one {whole_singly:10,.0f}/s   "
        f"columns {whole:10,.0f}/s   ratio {whole / whole_singly:6.1f}"
    )
    print(f"peak memory of this run {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
