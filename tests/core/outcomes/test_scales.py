"""A change of grade counts only when it is larger than what raters cannot tell apart."""

from __future__ import annotations

import pytest

from needlepoint.core.outcomes.scales import Direction, Finding, Grade, Scale, grade_change


def scale(*, higher: Direction, band: float) -> Scale:
    grades = tuple(Grade(value=float(value), name=str(value), wording=str(value)) for value in (1, 2, 3, 4))
    return Scale(
        id="some",
        title="Some",
        indications=("acne_scars",),
        higher=higher,
        grades=grades,
        band=band,
        band_because="made up",
    )


@pytest.mark.parametrize(
    ("higher", "band", "before", "after", "finding"),
    [
        (Direction.WORSE, 1, 3, 3, Finding.WITHIN_ERROR),
        (Direction.WORSE, 1, 3, 2, Finding.WITHIN_ERROR),
        (Direction.WORSE, 1, 2, 3, Finding.WITHIN_ERROR),
        (Direction.WORSE, 1, 4, 2, Finding.BETTER),
        (Direction.WORSE, 1, 1, 4, Finding.WORSE),
        (Direction.WORSE, 0.5, 3, 2, Finding.BETTER),
        (Direction.BETTER, 1, 1, 3, Finding.BETTER),
        (Direction.BETTER, 1, 4, 1, Finding.WORSE),
    ],
)
def test_a_change_is_real_only_beyond_the_band_and_in_the_scales_own_direction(
    higher: Direction, band: float, before: float, after: float, finding: Finding
) -> None:
    change = grade_change(scale(higher=higher, band=band), before=before, after=after)
    assert change.finding is finding
    assert change.change == after - before


def test_a_scale_gives_its_grades_by_number_and_nothing_for_a_number_it_does_not_have() -> None:
    some = scale(higher=Direction.WORSE, band=1)
    assert some.grade(2.0) == some.grades[1]
    assert some.grade(2.5) is None
