"""How the things of the knowledge are named in FHIR: ids, canonical addresses, codings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

JSON = dict[str, Any]

# Reserved for examples (RFC 2606): whoever publishes the export gives an address of their own.
EXAMPLE_BASE: Final = "https://needlepoint.example/fhir"
COUNTRY: Final = "urn:iso:std:iso:3166"
SUBDIVISION: Final = "urn:iso:std:iso:3166:-2"


@dataclass(frozen=True, slots=True)
class Names:
    """The names under one canonical base address."""

    base: str = EXAMPLE_BASE

    def url(self, kind: str, id_: str) -> str:
        """Give the canonical address of a resource."""
        return f"{self.base}/{kind}/{fhir_id(id_)}"

    def coding(self, system: str, code: str, display: str) -> JSON:
        """Give a coding in one of the vocabularies of this project."""
        return {"system": f"{self.base}/CodeSystem/{system}", "code": code, "display": display}

    def concept(self, system: str, code: str, display: str) -> JSON:
        """Give a concept of one coding."""
        return {"coding": [self.coding(system, code, display)], "text": display}

    def extension(self, name: str) -> str:
        """Give the address of an extension."""
        return f"{self.base}/StructureDefinition/{name}"


def fhir_id(id_: str) -> str:
    """Give an id as FHIR allows it: letters, digits, hyphens and dots."""
    return id_.replace("_", "-")


def computable(id_: str) -> str:
    """Give a name by which a program can call a resource."""
    return "Needlepoint" + "".join(part.capitalize() for part in id_.replace("-", "_").split("_"))


def place(code: str) -> JSON:
    """Give a country or a part of one as a concept."""
    return {"coding": [{"system": SUBDIVISION if "-" in code else COUNTRY, "code": code}]}
