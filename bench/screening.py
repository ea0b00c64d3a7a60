"""
What screening costs, beside its peers: the same synthetic patients and the same thirty rules for every engine.

Every decision of every engine is compared with ours, one by one. `PATIENTS=100000` makes the large run smaller.
"""

import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl
from thirty.by_hand import by_hand
from thirty.facts import facts
from thirty.peers import on_node, zen_decision
from thirty.population import repeated, written
from thirty.rules import CARDS, ON, thirty

from needlepoint.cli.case import read_case
from needlepoint.core.screening.columnar import screen_population
from needlepoint.core.screening.population import encode
from needlepoint.core.screening.screen import screen
from needlepoint.knowledge import rules_on

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.cli.populations import as_table  # noqa: E402  the tests write the same tables

DIFFERENT, TOGETHER, OF_NODE, OF_CQL, MANY = 2_000, 20_000, 400, 200, int(os.environ.get("PATIENTS", "1000000"))
COMMAND: Final = [sys.executable, "-c", "from needlepoint.cli.main import run; run()"]


def rate(size: int, job: Callable[[], object], rounds: int = 4) -> float:
    """Give patients per second, the best of a few rounds."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        job()
        best = min(best, time.perf_counter() - start)
    return size / best


def engines(cases: list[dict[str, Any]], room: Path) -> dict[str, float]:
    """Give patients per second of every engine, after holding their decisions against ours."""
    read, few, full = [read_case(case) for case in cases], thirty(), rules_on(ON)
    told, zen = [facts(case) for case in read], zen_decision()
    ours = [{finding.card for finding in screen(case, few).findings} & {*CARDS} for case in read]
    node = on_node(room, told[:OF_NODE], read, OF_CQL)
    columns = screen_population(encode(read, few.area_order), few)["cards"].to_list()
    decided = {
        "by hand": [{card for card, _ in by_hand(case)} for case in told],
        "columns": [{*cards} & {*CARDS} for cards in columns],
        "zen-engine": [zen(case) for case in told],
        "json-rules-engine": [{*cards} for cards in node["rules"]["decisions"]],
        "CQL": [{card for card, _ in found} for found in node["cql"]["decisions"]],
    }
    for name, found in decided.items():
        assert found == ours[: len(found)], f"{name} decides otherwise"
        print(f"  {name}: {len(found) * len(CARDS):,} decisions, all as ours")
    print(f"  {len(set().union(*ours))} of {len(CARDS)} rules are met, {sum(map(len, ours)) / len(ours):.2f} a patient")
    many = encode(repeated(read, TOGETHER), full.area_order)
    some = read[:500]
    return {
        "30 rules, one Python function by hand": rate(len(told), lambda: [by_hand(case) for case in told]),
        "30 rules, columns": rate(len(many), lambda: screen_population(many, few)),
        "30 rules, one by one": rate(len(read), lambda: [screen(case, few) for case in read]),
        "30 rules, zen-engine": rate(len(some), lambda: [zen(case) for case in told[: len(some)]]),
        "30 rules, json-rules-engine": OF_NODE / node["rules"]["seconds"],
        "30 rules, cql-execution": OF_CQL / node["cql"]["seconds"],
        f"all {len(full.rules)} rules, columns": rate(len(many), lambda: screen_population(many, full)),
        f"all {len(full.rules)} rules, one by one": rate(len(some), lambda: [screen(case, full) for case in some]),
    }


def start(case: dict[str, Any], room: Path) -> float:
    """Give seconds from the start of the command until its first verdict, the best of a few."""
    file = room / "case.json"
    file.write_text(json.dumps(case), "utf-8")
    best = float("inf")
    for _ in range(6):
        begun = time.perf_counter()
        subprocess.run([*COMMAND, "screen", file, "--json"], check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - begun)
    return best


def populations(cases: list[dict[str, Any]], room: Path) -> None:
    """Print time and memory of `screen-many` for a quarter of the large population and for the whole."""
    table, seconds = as_table(cases), []
    for size in (MANY // 4, MANY):
        copies = -(-size // len(table))
        ids = pl.Series("id", [f"p{place}" for place in range(copies * len(table))])
        pl.concat([table] * copies).with_columns(ids).head(size).write_parquet(room / "patients.parquet")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        measured = [sys.executable, "-c", _PEAK, *COMMAND, "screen-many", "patients.parquet", "--out", "result.parquet"]
        peak = int(subprocess.run(measured, check=True, cwd=room, capture_output=True, text=True).stdout)
        seconds.append(time.perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows = pl.scan_parquet(room / "result.parquet").select(pl.len()).collect().item()
        assert rows == size
        busy = after.ru_utime - before.ru_utime
        speed = f"{seconds[-1]:6.1f} s  {size / seconds[-1]:9,.0f}/s"
        print(f"  {size:9,} patients  {speed}  busy {busy:.1f} s  peak {peak} MiB")
    print(f"  four times the patients take {seconds[1] / seconds[0]:.2f} times as long (linear: 4.00)")


# Runs a command and prints its peak of memory in MiB.
_PEAK: Final = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
)


def main() -> None:
    cases = written(DIFFERENT)
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        speed = engines(cases, room)
        for engine, patients in speed.items():
            print(f"  {patients:12,.0f}/s  {engine}")
        hand, columns, singly, zen, node, cql, all_columns, all_singly = speed.values()
        for what, found, goal in (
            ("one by one / zen-engine, 30 rules each", singly / zen, 10),
            ("columns / by hand, 30 rules each", columns / hand, 0.5),
            ("columns with all rules / zen-engine with 30", all_columns / zen, 20),
            ("one by one with all rules / zen-engine with 30", all_singly / zen, None),
            ("one by one / json-rules-engine, 30 rules each", singly / node, None),
            ("one by one / cql-execution, 30 rules each", singly / cql, None),
        ):
            wanted = "" if goal is None else f"  goal {goal}: {'reached' if found >= goal else 'NOT reached'}"
            print(f"  {found:10.2f}  {what}{wanted}")
        print(f"  {start(cases[0], room):10.2f} s from start to first verdict  goal 0.5")
        populations(cases, room)


if __name__ == "__main__":
    main()
