"""What planning costs: one plan, ten thousand, a face of punctures beside NumPy and SciPy, and the first picture."""

import json
import math
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from needlepoint.cli.batch import answers, lines_of
from needlepoint.cli.plan import answer_request
from needlepoint.core.planning.facts import PlanningFacts
from needlepoint.core.planning.pattern import Pattern, pattern_of
from needlepoint.core.planning.punctures import Survey, simulate_face
from needlepoint.knowledge import load
from needlepoint.knowledge.planning import facts_on
from needlepoint.web.puncture_picture import Picture, picture

ON = date(2026, 11, 22)
ROUNDS = 5
BATCHES = (2_500, 5_000, 10_000)
FACE_CM2 = 600
HOLE_UM = 70.7
PER_CM2 = 300


def fastest(work: Callable[[], object]) -> float:
    """Give the shortest of a few rounds, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def requests(size: int) -> list[dict[str, Any]]:
    """Give requests of all devices, uses and numbing products, on one to four areas each."""
    rng, names = random.Random(7), load().vocabulary
    return [
        {
            "id": str(number), "on": "2026-11-22", "premises": rng.choice(["DE", "US-CA", "GB-SCT"]),
            "operator": "physician",
            "device": rng.choice([None, *names.devices]), "indication": rng.choice(list(names.indications)),
            "areas": rng.sample(list(names.areas), rng.randint(1, 4)), "answers": {},
            "anaesthetic": rng.choice([None, *names.anaesthetics]),
            "patient": {"birth_date": f"{rng.randint(1940, 2006)}-03-09", "sex": "female",
                        "fitzpatrick": rng.randint(1, 6), "weight_kg": rng.randint(45, 120),
                        "height_cm": rng.randint(150, 195)},
        }
        for number in range(size)
    ]  # fmt: skip


def pattern(facts: PlanningFacts) -> Pattern:
    """Give the passes of the usual roller that come nearest to PER_CM2."""
    known = facts.devices["dermaroller_192_1_5"]

    def led(passes: int) -> Pattern:
        return pattern_of(
            known, depth_mm=1.5, passes=passes, directions=4, stroke=facts.stroke, drum=facts.drum,
            hand=facts.hands[known.device.kind],
        )  # fmt: skip

    return led(round(PER_CM2 / led(1).per_pass_per_cm2))


def reference(led: Pattern, area_cm2: float, rng: np.random.Generator) -> tuple[float, ...]:
    """Strew and survey the same pattern with NumPy and a k-d tree, all at once, as one would write it there."""
    side, points = 10 * math.sqrt(area_cm2), []
    hand, needles = led.hand, np.array(led.needles_mm)
    step_mm = led.step_mm * (1 + hand.slip)
    for turn in np.radians(led.turns_deg):
        half = side / math.sqrt(2) + hand.stroke_mm
        lanes = np.arange(-half, half, led.lane_mm) + rng.uniform(0, led.lane_mm)
        ways = np.arange(-half, half, hand.stroke_mm) + rng.uniform(0, hand.stroke_mm)
        v, u = (grid.ravel() for grid in np.meshgrid(lanes, ways))
        v = v + hand.lane_spread_mm * rng.standard_normal(v.size)
        step = step_mm / (1 + hand.step_spread * rng.standard_normal(v.size).clip(-3, 3))
        heading = turn + math.radians(hand.heading_spread_deg) * rng.standard_normal(v.size)
        strikes = np.arange(math.ceil(hand.stroke_mm / step.min()))
        way = rng.uniform(0, 1, (v.size, 1)) * step[:, None] + strikes * step[:, None] - hand.stroke_mm / 2
        stroke, strike = np.nonzero(way < hand.stroke_mm / 2)
        cos, sin, along = np.cos(heading)[stroke], np.sin(heading)[stroke], way[stroke, strike]
        x = (
            (u * np.cos(turn) - v * np.sin(turn))[stroke]
            + along * cos
            + hand.shake_mm * rng.standard_normal(along.size)
        )
        y = (
            (u * np.sin(turn) + v * np.cos(turn))[stroke]
            + along * sin
            + hand.shake_mm * rng.standard_normal(along.size)
        )
        x = x[:, None] + cos[:, None] * needles[:, 0] - sin[:, None] * needles[:, 1]
        y = y[:, None] + sin[:, None] * needles[:, 0] + cos[:, None] * needles[:, 1]
        points.append(np.stack([x.ravel(), y.ravel()], axis=1) + side / 2)
    whole = np.concatenate(points)
    whole = whole[(whole >= -3).all(axis=1) & (whole < side + 3).all(axis=1)]
    inside = (whole >= 0).all(axis=1) & (whole < side).all(axis=1)
    tree, radius = cKDTree(whole), HOLE_UM / 2000
    nearest = tree.query(whole[inside], k=2)[0][:, 1]
    pairs = tree.query_pairs(2 * radius, output_type="ndarray")
    pairs.sort(axis=1)
    apart = np.linalg.norm(whole[pairs[:, 0]] - whole[pairs[:, 1]], axis=1)
    distinct = inside.sum() - np.unique(pairs[apart < radius, 1]).size
    away = radius * np.sqrt((np.arange(32) + 0.5) / 32)
    angle = np.arange(32) * math.pi * (3 - math.sqrt(5))
    disc = np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1)
    hit = np.linalg.norm(disc + (whole[pairs[:, 1]] - whole[pairs[:, 0]])[:, None], axis=2) < radius
    later, place = np.unique(pairs[:, 1], return_inverse=True)
    covered = np.zeros((later.size, 32), bool)
    np.logical_or.at(covered, place, hit)
    opened = (inside.sum() - covered.mean(axis=1).sum()) * math.pi * radius**2 / side**2
    cells = np.histogram2d(*whole[inside].T, bins=int(side), range=[[0, int(side)]] * 2)[0]
    at = np.arange(0.25, int(side), 0.5)
    probes = np.stack([grid.ravel() for grid in np.meshgrid(at, at)], axis=1)
    gap = 2 * tree.query(probes)[0].max()
    return inside.sum() / area_cm2, distinct / area_cm2, nearest.mean(), (cells == 0).mean(), gap, opened


def main() -> None:
    facts = facts_on(ON)
    first, taken = timed(lambda: drawn("dermaroller_192_1_5", facts))
    _, dense = timed(lambda: drawn("dermapen_4", facts))
    print(f"first picture           {1000 * taken:7.0f} ms, {len(first.svg) / 1000:.0f} kB (limit 300 ms)")
    print(f"densest picture         {1000 * dense:7.0f} ms")
    one = next(request for request in requests(50) if request["anaesthetic"] and len(request["areas"]) > 2)
    print(f"one plan                {fastest(lambda: answer_request(one)):7.2f} ms (limit 20 ms)")
    batches()
    punctures(facts)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Give what a piece of work gives, and the seconds it took, once."""
    start = time.perf_counter()
    done = work()
    return done, time.perf_counter() - start


def drawn(device: str, facts: PlanningFacts) -> Picture:
    return picture(device, depth_mm=1.5, passes=8, directions=4, facts=facts)


def batches() -> None:
    per_plan = []
    with tempfile.TemporaryDirectory() as folder:
        for size in BATCHES:
            file = Path(folder) / f"{size}.jsonl"
            file.write_text("".join(json.dumps(request) + "\n" for request in requests(size)), "utf-8")
            before = time.process_time()
            count, taken = timed(lambda file=file: sum("error" not in answer for answer in answered(file)))
            per_plan.append((time.process_time() - before) / size)
            print(f"{size:>6} plans in batch   {taken:7.2f} s, {size / taken:.0f} plans/s, peak {peak_mib():.0f} MiB")
            assert count == size
    print(f"growth per plan (cpu)   {per_plan[-1] / per_plan[0]:7.2f} x from {BATCHES[0]} to {BATCHES[-1]}")


def answered(file: Path) -> Iterator[dict[str, Any]]:
    return answers(lines_of(str(file), "REQUESTS"), answer_request)


def punctures(facts: PlanningFacts) -> None:
    led, rng = pattern(facts), np.random.default_rng

    def ours(area_cm2: float) -> Survey:
        return simulate_face(led, rng=rng(1), hole_um=HOLE_UM, area_cm2=area_cm2)

    print(f"compiling or its cache  {timed(lambda: ours(1))[1]:7.2f} s")
    own = fastest(lambda: ours(FACE_CM2))
    before = peak_mib()
    ours(10 * FACE_CM2)
    more = peak_mib() - before
    other = fastest(lambda: reference(led, FACE_CM2, rng(1)))
    grown = peak_mib() - before - more
    found, same = ours(FACE_CM2), reference(led, FACE_CM2, rng(1))
    print(f"a face of punctures     {own:7.1f} ms, {found.punctures} of them")
    print(f"NumPy and cKDTree       {other:7.1f} ms, {other / own:.1f} x (limit 10 x)")
    print(f"memory for ten faces    {more:7.1f} MiB more than for one; the reference takes {grown:.0f} MiB for one")
    mine = (found.per_cm2, found.distinct_per_cm2, found.nearest_mm, found.missed, found.widest_gap_mm, found.opened)
    names = ("per cm2", "distinct per cm2", "nearest mm", "missed", "widest gap mm", "opened")
    for name, here, there in zip(names, mine, same, strict=True):
        print(f"  {name:<20} {here:10.4f}  reference {there:10.4f}")


if __name__ == "__main__":
    main()
