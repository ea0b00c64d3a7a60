"""To whom harm with a device is reported, by where the clinic is, and how soon."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from needlepoint.core.case import lies_in
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.loader import load

FILE: Final = Path(__file__).with_name("reporting.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingRule:
    """One rule: where, on which form, only when serious or always, within how many work days, and how well known."""

    premises: tuple[str, ...]
    form: str
    serious: bool
    work_days: float | None
    tell: str
    evidence: tuple[str, ...]
    confidence: str


@cache
def reporting_rules() -> tuple[ReportingRule, ...]:
    """Give the rules; raises Unfit when the file says something it may not say."""
    fields = Fields(FILE.name, tomllib.loads(FILE.read_text("utf-8")))
    rules = tuple(_rule(rule, load().rows.keys()) for rule in fields.tables("rule", least=1))
    fields.done()
    return rules


def rules_at(premises: str) -> tuple[ReportingRule, ...]:
    """Give the rules that hold at premises; a country covers its subdivisions."""
    return tuple(rule for rule in reporting_rules() if lies_in(premises, frozenset(rule.premises)))


def _rule(fields: Fields, rows: Collection[str]) -> ReportingRule:
    rule = ReportingRule(
        premises=fields.words("premises", least=1),
        form=fields.text_or_none("form") or "",
        serious=fields.flag("serious", default=False),
        work_days=fields.number_or_none("work_days"),
        tell=fields.text("tell"),
        evidence=fields.known_words("evidence", rows, "evidence row", least=1),
        confidence=fields.text("confidence"),
    )
    fields.done()
    return rule
