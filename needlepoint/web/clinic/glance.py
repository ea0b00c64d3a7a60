"""The three answers of a screening at a glance: may we, if not when, what to do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, assert_never

from needlepoint.actions.screening import STOPPING, FindingState, Standing, spoken
from needlepoint.core.terms import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

STOP, CAUTION, DONE, NOTE = ("stop", "✕"), ("caution", "!"), ("done", "✓"), ("note", "?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What stands at the top of the page; tone and icon go with the first answer."""

    tone: str
    icon: str
    may: str
    may_because: str
    when: str
    when_because: str
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Findings that call for the same kind of act."""

    id: str
    title: str
    tone: str
    icon: str
    findings: tuple[FindingState, ...]


_GROUPS: Final = (
    ("stop", "Stop", STOP, frozenset({Verdict.CONTRAINDICATED, Verdict.DEFER})),
    ("ask", "Ask a physician", CAUTION, frozenset({Verdict.REFER})),
    ("caution", "Take care", CAUTION, frozenset({Verdict.AVOID_AREA, Verdict.CAUTION})),
    ("note", "Good to know", ("note", "i"), frozenset({Verdict.CLEAR})),
)


def groups(state: Standing) -> tuple[Group, ...]:
    """Give the findings in the order in which they matter; those that were overridden stay where they were."""
    made = (
        Group(
            id=id_,
            title=title,
            tone=tone,
            icon=icon,
            findings=tuple(finding for finding in state.findings if finding.verdict in verdicts),
        )
        for id_, title, (tone, icon), verdicts in _GROUPS
    )
    return tuple(group for group in made if group.findings)


def glance(state: Standing, result: dict[str, Any], *, on: date) -> Glance:
    """Give the three answers for the day the screening is for."""
    (tone, icon), may, because = _may(state, result)
    when, when_because = _when(state, on)
    return Glance(
        tone=tone, icon=icon, may=may, may_because=because, when=when, when_because=when_because,
        now=tuple(_now(state, result)),
    )  # fmt: skip


def _may(state: Standing, result: dict[str, Any]) -> tuple[tuple[str, str], str, str]:
    because = f"{result['words']['verdicts'][state.verdict]}."
    if state.findings and not state.remaining_areas:
        return STOP, "No", "Every planned area has to be left out."
    match state.verdict:
        case Verdict.CLEAR:
            return DONE, "Yes", because
        case Verdict.CAUTION:
            return CAUTION, "Yes, with care", because
        case Verdict.AVOID_AREA:
            return CAUTION, "Yes, with areas left out", because
        case Verdict.ASK:
            return NOTE, "Not yet", because
        case Verdict.REFER:
            return CAUTION, "Not yet", because
        case Verdict.DEFER | Verdict.CONTRAINDICATED:
            return STOP, "No", because
        case _:
            assert_never(state.verdict)


def _when(state: Standing, on: date) -> tuple[str, str]:
    stopping = [left for left in state.findings if left.stands and left.verdict in STOPPING]
    undated = [left for left in stopping if not left.finding["not_before"]]
    dated = f"Not before {spoken(state.not_before)}" if state.not_before else ""
    if any(left.verdict is Verdict.CONTRAINDICATED for left in undated):
        also = f" What is dated ends on {spoken(state.not_before)}." if state.not_before else ""
        return "No date can be given", f"None follows from the cards for: {_titles(undated)}.{also}"
    if undated:
        return _open_ended(undated, dated)
    if state.not_before:
        days = (state.not_before - on).days
        return dated, f"{days} days after the day screened for. That lifts only what is dated; screen again then."
    if state.missing:
        return "Once all is answered", "Screen again with the answers."
    if state.findings and not state.remaining_areas:
        return "No date can be given", "None follows from the cards for these areas."
    return "On that day", "The answer holds for that day only."


def _open_ended(undated: list[FindingState], dated: str) -> tuple[str, str]:
    """Give the answer where something waits for a decision, or for its cause to be over."""
    lasting = [left for left in undated if left.verdict is Verdict.DEFER]
    referred = [left for left in undated if left.verdict is Verdict.REFER]
    because = []
    if lasting:
        because.append(f"The cause has to be over: {_titles(lasting)}.")
    if referred:
        because.append(f"A physician has to decide: {_titles(referred)}.")
    first = "Once the cause is over" if lasting else "When a physician has decided"
    return dated or first, " ".join(because)


def _titles(findings: list[FindingState]) -> str:
    return "; ".join(left.finding["title"] for left in findings)


def _now(state: Standing, result: dict[str, Any]) -> Iterator[str]:
    left = [finding for finding in state.findings if finding.stands]
    if any(finding.verdict is Verdict.CONTRAINDICATED for finding in left):
        yield "Do not needle. Tell the patient why, in the words below."
    if state.missing:
        yield f"Ask the {len(state.missing)} open question{'s' if len(state.missing) > 1 else ''}, then screen again."
    referred = [finding.finding["title"] for finding in left if finding.verdict is Verdict.REFER]
    if referred:
        yield f"Have a physician decide: {'; '.join(referred)}."
    waiting = [finding.finding["title"] for finding in left if finding.needs_second]
    if waiting:
        yield f"A second person has to confirm the override: {'; '.join(waiting)}."
    if state.verdict is Verdict.DEFER and state.not_before:
        yield f"Offer a visit from {spoken(state.not_before)} on."
    yield from _areas(state, result)
    cautions = sum(finding.verdict is Verdict.CAUTION for finding in left)
    if cautions:
        yield f"Take the care that {cautions} card{'s name' if cautions > 1 else ' names'}."
    if state.verdict is Verdict.CLEAR:
        yield "Go on to the plan."


def _areas(state: Standing, result: dict[str, Any]) -> Iterator[str]:
    if not state.excluded_areas:
        return
    names = ", ".join(result["words"]["areas"][area] for area in state.excluded_areas)
    stopping = [left for left in state.findings if left.stands and left.verdict in STOPPING]
    if not stopping:
        yield f"Leave out: {names}."
    elif state.remaining_areas and all(left.finding["areas"] for left in stopping):
        yield f"To learn how the rest stands, screen again without: {names}."
