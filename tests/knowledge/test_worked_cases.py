"""Every card's worked cases, as tests."""

import pytest

from needlepoint.knowledge import Card, load
from needlepoint.knowledge.cards import WorkedCase
from needlepoint.knowledge.contraindication import Contraindication
from needlepoint.knowledge.worked import work

WORKED = [
    pytest.param(card, case, id=f"{card.id}-{place}")
    for card in load().cards.values()
    if isinstance(card.payload, Contraindication)
    for place, case in enumerate(card.cases)
]


@pytest.mark.parametrize(("card", "case"), WORKED)
def test_a_worked_case_comes_out_as_its_card_says(card: Card, case: WorkedCase) -> None:
    result = work(card, case, load())
    details = dict(case.details)
    assert result.verdict.value == case.expect
    finding = result.findings[0] if result.findings else None
    if "not_before" in details:
        assert finding is not None
        assert finding.not_before == details.pop("not_before")
    if "areas" in details:
        assert finding is not None
        assert list(finding.areas) == details.pop("areas")
    if "evidence" in details:
        assert finding is not None
        assert list(finding.evidence) == details.pop("evidence")
    assert not details, f"{card.id}: a worked case has no detail {sorted(details)}"
