"""How sensitive a field is: every field of every table is in one of three classes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The fields of one table, by class; names are separated by blanks, the key and `id` are operational."""

    identifying: str = ""
    clinical: str = ""
    operational: str = ""

    def of(self, field: str) -> str | None:
        """Give the class of a field, or nothing when it is in none."""
        if field == "id":
            return "operational"
        for name in ("identifying", "clinical", "operational"):
            if field in getattr(self, name).split():
                return name
        return None
