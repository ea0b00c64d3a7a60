"""What a knowledge set says otherwise than an adopted one, card by card and field by field."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from needlepoint import knowledge
from needlepoint.records.models import AdoptedFile, KnowledgeAdoption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOT_THERE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field that says something else; empty where it was not there, or is not any more."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A card, or another file of the set, that came, changed, closed or went."""

    name: str
    id: str
    kind: str
    title: str
    what: str  # added, changed, closed, removed
    fields: tuple[Field, ...]

    @property
    def is_card(self) -> bool:
        """Say whether it is a card, and not the questions, names, sources or evidence rows."""
        return bool(self.kind)


def changes_against(adoption: KnowledgeAdoption) -> tuple[FileChange, ...] | None:
    """Give what differs from an adopted set; None where its texts were not kept."""
    rows = AdoptedFile.objects.filter(adoption=adoption).values_list("name", "text__fingerprint")
    marks = dict(rows)
    if not marks:
        return None
    now = knowledge.loader.written()
    differing = [name for name in sorted(marks.keys() | now.keys()) if marks.get(name) != now.get(name, ("", ""))[0]]
    texts = AdoptedFile.objects.filter(adoption=adoption, name__in=differing).values_list("name", "text__text")
    old = {name: tomllib.loads(text) for name, text in texts}
    new = {name: tomllib.loads(now[name][1]) for name in differing if name in now}
    return tuple(change_of(name, old.get(name), new.get(name)) for name in differing)


def change_of(name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> FileChange:
    """Give what became of one file; a card that only got a last day is closed."""
    said = new if new is not None else old or {}
    is_card = name.startswith("cards/")
    id_ = name.rpartition("/")[2].removesuffix(".toml")
    fields = tuple(differing(old or {}, new or {})) if old is not None and new is not None else ()
    what = "removed" if new is None else "added" if old is None else "changed"
    if what == "changed" and [field.path for field in fields] == ["valid.to"] and not fields[0].old:
        what = "closed"
    return FileChange(
        name=name,
        id=id_,
        kind=said.get("kind", "") if is_card else "",
        title=said.get("title", "") if is_card else id_.capitalize(),
        what=what,
        fields=fields,
    )


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Field]:
    """Give every field in which two files differ, in the order of their paths; worked cases only test a card."""
    was, is_ = dict(_flat(old)), dict(_flat(new))
    for path in sorted(was.keys() | is_.keys()):
        if was.get(path, NOT_THERE) != is_.get(path, NOT_THERE):
            yield Field(path=path, old=was.get(path, NOT_THERE), new=is_.get(path, NOT_THERE))


def _flat(said: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in said.items():
        if key == "case" and not path:
            continue
        yield from _one(value, f"{path}.{key}" if path else key)


def _one(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from _flat(value, path)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for place, item in enumerate(value):
            yield from _flat(item, f"{path}[{item.get('id', place)}]")
    else:
        yield path, _said(value)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_said(item) for item in value)
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).split())
