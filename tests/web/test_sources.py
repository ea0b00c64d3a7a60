"""Sources name their address as it was written; a link is made of it only where it leads somewhere."""

from __future__ import annotations

import pytest

from needlepoint import knowledge
from needlepoint.web.templatetags.kept import web_address


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("doi.org/10.1000/182", "https://doi.org/10.1000/182"),
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("example.org/one; example.com/two", "https://example.org/one"),
        ("example.org/list.json (entry 7)", "https://example.org/list.json"),
        ("example.org/.../139669/article.html", ""),
        ("example.org/...,7,56995,1,1.html", ""),
        ("PMC5064192", "https://pmc.ncbi.nlm.nih.gov/articles/PMC5064192/"),
        ("pubmed 18547187", "https://pubmed.ncbi.nlm.nih.gov/18547187/"),
        ("PubMed mirror 9810991", "https://pubmed.ncbi.nlm.nih.gov/9810991/"),
        ("javascript:alert(1)", ""),
        ("printed only", ""),
    ],
)
def test_a_link_is_made_of_the_first_whole_address(written: str, link: str) -> None:
    assert web_address(written) == link


def test_nearly_every_source_with_an_address_can_be_followed() -> None:
    addresses = [source.address for source in knowledge.load().sources.values() if source.address]
    dead = [address for address in addresses if not web_address(address)]
    assert len(dead) < len(addresses) / 20, dead
