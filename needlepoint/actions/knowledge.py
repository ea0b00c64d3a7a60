"""Adopting the knowledge: no card speaks for the clinic before its physician has taken responsibility for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.records.models import AdoptedFile, KnowledgeAdoption, KnowledgeText

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from needlepoint.actions.actor import Actor

RESPONSIBILITY: Final = (
    "I have read these cards and their sources. I adopt them for this clinic and answer for their use here. "
    "They support a decision; they do not take it."
)


HISTORY_SHOWN: Final = 20


class KnowledgeChanged(Exception):
    """The knowledge is not any more the one that was read."""

    def __init__(self) -> None:
        super().__init__("The knowledge has changed since this page was shown. Read what changed, then adopt it.")


class NothingAdopted(Exception):
    """An adoption named no card, or one that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What became of the cards since an adoption, by id; `beyond_cards` when questions, names or sources changed."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    beyond_cards: bool

    @property
    def any(self) -> bool:
        """Say whether anything changed."""
        return bool(self.added or self.changed or self.removed or self.beyond_cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionState:
    """Whether the knowledge in use is the clinic's own; every verdict carries it.

    state: `none` never adopted, `outdated` the knowledge changed since, `part` some cards only, `whole` all of it.
    """

    digest: str
    adoption: KnowledgeAdoption | None
    state: str
    covered: int
    total: int

    def covers(self, card: str) -> bool:
        """Say whether this card was adopted as it stands now."""
        return self.state in ("part", "whole") and self.adoption is not None and card in self.adoption.cards

    @property
    def words(self) -> str:
        """Give the sentence that stands on every verdict."""
        if self.adoption is None:
            return "Not adopted by this clinic."
        who = f"{self.adoption.by} on {self.adoption.at:%d %b %Y}"
        match self.state:
            case "outdated":
                return f"Not adopted by this clinic: the knowledge has changed since it was adopted by {who}."
            case "part":
                return f"Adopted in part, {self.covered} of {self.total} cards, by {who}; the others are marked."
            case _:
                return f"Adopted for this clinic by {who}."


def adopted() -> AdoptionState:
    """Give whether the knowledge in use was adopted by the clinic; one query."""
    known = knowledge.load()
    newest = KnowledgeAdoption.objects.select_related("by").first()
    covered = 0
    if newest is None:
        state = "none"
    elif newest.digest != known.digest:
        state = "outdated"
    else:
        covered = len(newest.cards.keys() & known.cards.keys())
        state = "whole" if covered == len(known.cards) else "part"
    return AdoptionState(digest=known.digest, adoption=newest, state=state, covered=covered, total=len(known.cards))


def changes_since(adoption: KnowledgeAdoption) -> Changes:
    """Give what the knowledge in use has that the adopted one had not, and the reverse."""
    known = knowledge.load()
    now = {card.id: card.fingerprint for card in known.cards.values()}
    then = adoption.cards
    return Changes(
        added=tuple(sorted(now.keys() - then.keys())),
        changed=tuple(sorted(id_ for id_ in now.keys() & then.keys() if now[id_] != then[id_])),
        removed=tuple(sorted(then.keys() - now.keys())),
        beyond_cards=adoption.digest != known.digest and now == then,
    )


def adoptions() -> list[KnowledgeAdoption]:
    """Give the last ten adoptions, newest first, without their lists of cards."""
    return list(KnowledgeAdoption.objects.select_related("by").defer("cards")[:10])


@transaction.atomic
def adopt(
    *, digest: str, cards: Iterable[str] | None = None, note: str = "", by: Actor, at: datetime
) -> KnowledgeAdoption:
    """Make the knowledge in use the clinic's own, whole or only the cards named.

    Raises
    ------
    NotPermitted
        Only a physician may.
    KnowledgeChanged
        The digest read is not the one in use.
    NothingAdopted
        No card is named, or one that is not there.

    """
    access.require(Act.ADOPT_KNOWLEDGE, by=by)
    known = knowledge.load()
    if digest != known.digest:
        raise KnowledgeChanged
    ids = known.cards.keys() if cards is None else frozenset(cards)
    if not ids:
        raise NothingAdopted("Choose at least one card, or adopt the whole set.")
    if not ids <= known.cards.keys():
        raise NothingAdopted(f"There is no card {min(ids - known.cards.keys())}.")
    adoption = KnowledgeAdoption.objects.create(
        digest=digest,
        cards={id_: known.cards[id_].fingerprint for id_ in sorted(ids)},
        note=note.strip(),
        by=by.member,
        at=at,
    )
    _keep_texts(adoption)
    audit.record(
        "adopt_knowledge",
        by=by,
        at=at,
        subject=adoption,
        digest=digest,
        cards=len(ids),
        of=len(known.cards),
        responsibility=RESPONSIBILITY,
    )
    return adoption


def _keep_texts(adoption: KnowledgeAdoption) -> None:
    """Keep every file of the set in use, also of cards left out, so that a later set can be held against it."""
    files = knowledge.loader.written()
    texts = [KnowledgeText(fingerprint=mark, text=text) for mark, text in files.values()]
    KnowledgeText.objects.bulk_create(texts, ignore_conflicts=True, batch_size=200)
    kept = dict(KnowledgeText.objects.values_list("fingerprint", "pk"))
    AdoptedFile.objects.bulk_create(
        [AdoptedFile(adoption=adoption, name=name, text_id=kept[mark]) for name, (mark, _) in files.items()],
        batch_size=200,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """A card in an adopted set: its version there, and whether that one was new with this adoption."""

    adoption: KnowledgeAdoption
    version: str
    changed: bool


def history_of(card: str) -> list[Adopted]:
    """Give the adoptions that took a card in, the newest first, each with the version of the card."""
    history: list[Adopted] = []
    before = ""
    for adoption in KnowledgeAdoption.objects.select_related("by").order_by("id"):
        version = adoption.cards.get(card, "")
        if version:
            history.append(Adopted(adoption=adoption, version=version, changed=version != before))
        before = version or before
    return history[::-1][:HISTORY_SHOWN]


def find_card(id_: str) -> knowledge.Card:
    """Give a card.

    Raises
    ------
    NoSuchRecord
        There is none of this id.

    """
    card = knowledge.load().cards.get(id_)
    if card is None:
        raise NoSuchRecord("card")
    return card


def as_written(card: knowledge.Card) -> str:
    """Give the file of a card, word for word."""
    return (knowledge.loader.ROOM / "cards" / card.kind / f"{card.id}.toml").read_text("utf-8")
