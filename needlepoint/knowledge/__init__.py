"""The fact cards, their sources, their shape, and the loader that refuses unfit ones.

`load()` gives all of it; `rules_on(day)` gives the rules of a screening on that day.
"""

from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Unfit
from needlepoint.knowledge.loader import Knowledge, load
from needlepoint.knowledge.rulebook import rules_on

__all__ = ["Card", "Knowledge", "Unfit", "load", "rules_on"]
