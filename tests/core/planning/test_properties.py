"""What holds for every plan, whoever the patient."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from needlepoint.core.planning.plan import plan
from needlepoint.core.terms import Sex
from needlepoint.knowledge import load
from tests.core.planning.asking import ON, facts, planned, request

NAMES = load().vocabulary
FEW = settings(max_examples=40, deadline=None)

people: Any = some.fixed_dictionaries(
    {
        "device": some.sampled_from([None, *NAMES.devices]),
        "indication": some.sampled_from(list(NAMES.indications)),
        "operator": some.sampled_from([None, *NAMES.operators]),
        "premises": some.sampled_from([None, "DE", "US-CA", "US-AZ", "GB-SCT", "AU-NSW"]),
        "fitzpatrick": some.integers(1, 6),
        "sex": some.sampled_from(list(Sex)),
        "born": some.dates(date(1940, 1, 1), date(2026, 11, 1)),
        "weight_kg": some.floats(3, 180),
        "height_cm": some.floats(50, 210),
    }
)
areas = some.lists(some.sampled_from(list(NAMES.areas)), min_size=1, max_size=6, unique=True)
depths = some.floats(0.05, 5)
densities = some.floats(1, 5000)


@FEW
@given(people, areas, some.none() | depths, some.none() | densities)
def test_no_depth_is_above_its_ceiling_and_no_area_is_lost(
    person: dict[str, Any], where: list[str], depth: float | None, density: float | None
) -> None:
    made = planned(*where, **person, depth_mm=depth, density=density)
    order = NAMES.area_order
    assert [area.area for area in made.areas] == sorted({area.area for area in made.areas}, key=order.__getitem__)
    left = {warning.area for warning in made.warnings if warning.code == "area_not_needled"}
    assert {area.area for area in made.areas} | left == set(where)
    assert not {area.area for area in made.areas} & left
    for area in made.areas:
        assert 0 < area.depth_mm <= area.depth_ceiling_mm
        assert depth is None or area.depth_mm <= depth + 1e-9
        assert area.passes >= 1
        assert area.minutes > 0
    assert (made.sessions >= 1) is bool(made.areas)


@FEW
@given(people, areas, depths, depths)
def test_a_deeper_wish_never_raises_the_ceiling_nor_lowers_the_depth(
    person: dict[str, Any], where: list[str], one: float, other: float
) -> None:
    shallow, deep = sorted((one, other))
    less = {area.area: area for area in planned(*where, **person, depth_mm=shallow).areas}
    more = {area.area: area for area in planned(*where, **person, depth_mm=deep).areas}
    if person["device"] is None:
        return  # another depth may then bring another device, with another range
    for area in less.keys() & more.keys():
        assert more[area].depth_ceiling_mm == less[area].depth_ceiling_mm
        assert more[area].depth_mm >= less[area].depth_mm - 1e-9


@FEW
@given(people, areas, densities, densities)
def test_more_density_never_needs_fewer_passes_or_less_time(
    person: dict[str, Any], where: list[str], one: float, other: float
) -> None:
    sparse, dense = (planned(*where, **person, density=target) for target in sorted((one, other)))
    for less, more in zip(sparse.areas, dense.areas, strict=True):
        assert more.passes >= less.passes
        assert more.density_per_cm2 >= less.density_per_cm2
        assert more.minutes >= less.minutes
        assert more.density_per_cm2 >= max(one, other) * (1 - 1e-9)


@FEW
@given(people, areas)
def test_minutes_add_up_area_by_area(person: dict[str, Any], where: list[str]) -> None:
    whole = planned(*where, **person).total_minutes
    assert abs(whole - sum(planned(area, **person).total_minutes for area in where)) < 1e-6


@FEW
@given(people, areas, some.sampled_from([*NAMES.anaesthetics]))
def test_the_same_request_has_the_same_plan_and_numbing_never_exceeds_the_adults(
    person: dict[str, Any], where: list[str], product: str
) -> None:
    asked = request(*where, **person, anaesthetic=product)
    made = plan(asked, facts())
    assert made == plan(asked, facts())
    numbing = made.anaesthetic
    assert numbing is not None
    caps = {"lidocaine_prilocaine_2_5": (60, 600), "lidocaine_4": (180, 900), "lidocaine_7_tetracaine_7": (53, 400)}
    if product in caps:
        assert numbing.max_g is not None
        assert numbing.max_g <= caps[product][0]
        assert (numbing.max_area_cm2 or 0) <= caps[product][1]
    if numbing.blocked_by:
        assert {numbing.max_g, numbing.max_area_cm2, numbing.max_minutes} <= {0, None}
        assert numbing.apply_before_min is None
    elif numbing.apply_before_min is not None and numbing.max_minutes is not None:
        assert numbing.apply_before_min <= numbing.max_minutes


@FEW
@given(people, some.floats(3, 80), some.floats(3, 80), some.sampled_from([*NAMES.anaesthetics]))
def test_a_heavier_person_of_the_same_age_never_gets_less(
    person: dict[str, Any], one: float, other: float, product: str
) -> None:
    light, heavy = (
        planned(**(person | {"weight_kg": kg}), anaesthetic=product).anaesthetic for kg in sorted((one, other))
    )
    assert light is not None
    assert heavy is not None
    assert (heavy.max_g or 0) >= (light.max_g or 0)
    assert (heavy.max_mg or 0) >= (light.max_mg or 0)


@FEW
@given(people, some.integers(0, 240), some.integers(0, 240), some.sampled_from([*NAMES.anaesthetics]))
def test_an_older_child_of_the_same_weight_never_gets_less_grams_or_skin(
    person: dict[str, Any], one: int, other: int, product: str
) -> None:
    """Minutes are left out: the label of lidocaine 4 % gives adults less time than children."""

    def born(months: int) -> date:
        years, month = divmod(ON.year * 12 + ON.month - 1 - months, 12)
        return date(years, month + 1, 1)

    young, old = (
        planned(**(person | {"born": born(months), "weight_kg": 12.0}), anaesthetic=product).anaesthetic
        for months in sorted((one, other))
    )
    assert young is not None
    assert old is not None
    for name in ("max_g", "max_mg", "max_area_cm2"):
        less, more = getattr(young, name), getattr(old, name)
        # No number for infants' area in one label, and benzocaine, compounded and strong products are for nobody.
        assert less is None or more is None or more >= less or old.blocked_by


@FEW
@given(people, areas, some.none() | depths, some.sampled_from([None, *NAMES.anaesthetics]))
def test_every_number_of_a_plan_leads_to_a_card(
    person: dict[str, Any], where: list[str], depth: float | None, product: str | None
) -> None:
    made, cards = planned(*where, **person, depth_mm=depth, anaesthetic=product), load().cards
    for area in made.areas:
        numbers = {
            "device", "depth_mm", "depth_ceiling_mm", "passes", "density_per_cm2", "minutes", "real_depth_mm",
            "area_cm2",
        }  # fmt: skip
        assert numbers <= area.cards.keys()
        assert set(area.cards.values()) <= cards.keys()
        assert area.cards["depth_ceiling_mm"] == area.limits[0].card
        assert area.limits[0].mm == area.depth_ceiling_mm
    assert bool(made.areas) is ({"sessions", "interval_days"} <= made.cards.keys())
    assert set(made.cards.values()) | set(made.visit.cards) <= cards.keys()
    assert made.anaesthetic is None or made.anaesthetic.card in cards
    assert {warning.card for warning in made.warnings} <= cards.keys()
    assert {care.card for care in (*made.preparation, *made.aftercare)} <= cards.keys()
