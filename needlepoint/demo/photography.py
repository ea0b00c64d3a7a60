"""What the demo clinic has under way: a test-retest study with its first person, and a rating half done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from needlepoint.actions import rating, retest
from needlepoint.demo import cast
from needlepoint.demo.lamp import Lamp
from needlepoint.demo.photographs import encoded, person, retake
from needlepoint.demo.render import photograph
from needlepoint.demo.skin import Skin
from needlepoint.demo.walk import at_nine

if TYPE_CHECKING:
    from needlepoint.demo.clinic import House
    from needlepoint.records.models import Course

SEED: Final = 23
STEPS: Final = (2, 1, 2)  # what the therapist saw of the later photograph, pair by pair


def study(first: Course, second: Course, house: House) -> None:
    """Begin a study: the first person is photographed twice, the second is enrolled."""
    therapist = house["therapist"]
    begun = retest.open_study(
        title="Retakes in room 1", view="front", people=retest.PEOPLE, takes=retest.TAKES,
        set_up="Tablet of room 1 on its stand, both ring lamps, chair on the mark.",
        by=therapist, at=at_nine(house.day(2), minutes=30),
    )  # fmt: skip
    enrolled = retest.enrol(begun, first, by=therapist, at=at_nine(house.day(2), minutes=35))
    subject, skin = person(SEED, fitzpatrick=cast.HARMED.fitzpatrick), Skin(fitzpatrick=cast.HARMED.fitzpatrick)
    for take in range(retest.TAKES):
        rng = np.random.default_rng([SEED, take])
        shot = photograph(subject, skin, camera=retake(rng, view="front"), lamp=Lamp(), rng=rng)
        moment = at_nine(house.day(2), minutes=40 + 10 * take)
        jpeg = encoded(shot, taken_at=moment)
        retest.add_take(enrolled, jpeg, source="camera", on=house.day(2), by=therapist, at=moment)
    retest.enrol(begun, second, by=therapist, at=at_nine(house.day(2), minutes=70))


def rating_set(house: House) -> None:
    """Have the pairs of the finished course rated: the therapist is through, the physician is not."""
    therapist, physician = house["therapist"], house["physician"]
    at = at_nine(house.day(1), minutes=90)
    made = rating.make_set(
        title="Acne scars after three sessions", question="In which photograph does the skin look better?",
        keys=[candidate.key for candidate in rating.candidates()], first=therapist.member.pk,
        second=physician.member.pk, seed=SEED, by=house["director"], at=at,
    )  # fmt: skip
    for seen in STEPS:
        pair = rating.next_pair(made, by=therapist)
        if pair is not None:
            rating.rate(pair, right_better=-seen if pair.later_left else seen, by=therapist, at=at)
