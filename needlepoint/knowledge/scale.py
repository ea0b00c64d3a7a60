"""Graded scales: their steps, which way they run, and what two ratings cannot tell apart."""

from __future__ import annotations

from needlepoint.core.outcomes.scales import Direction, Grade, Scale
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf


def read_scale(fields: Fields, card: Card, shelf: Shelf) -> Scale:
    """Build the payload of a scale card."""
    grades = tuple(_grade(row) for row in fields.tables("grade", least=2))
    values = [grade.value for grade in grades]
    if values != sorted(set(values)):
        raise fields.unfit("grade", "must rise")
    band = fields.number("band")
    if not 0 <= band < values[-1] - values[0]:
        raise fields.unfit("band", "must lie between nothing and the length of the scale")
    return Scale(
        id=card.id,
        title=card.title,
        indications=fields.known_words("indications", shelf.vocabulary.indications, "indication", least=1),
        higher=Direction(fields.one_of("higher", [each.value for each in Direction], "direction")),
        grades=grades,
        band=band,
        band_because=fields.text("band_because"),
    )


def _grade(row: Fields) -> Grade:
    grade = Grade(value=row.number("value"), name=row.text("name"), wording=row.text("wording"))
    row.done()
    return grade
