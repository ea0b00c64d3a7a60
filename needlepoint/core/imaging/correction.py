"""Colours put right by the card: by its colours when the card was calibrated, by its greys, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.card import COLOURS, GREYS, CardFound
from needlepoint.core.imaging.colour import linear
from needlepoint.core.imaging.photo import Floats

_FEWEST_GREYS: Final = 3
_LIGHT_GREYS: Final = 5  # the darkest field is mostly what the lens scatters
_SHADE: Final = 1.15  # a lighter field must be seen so much lighter than the next; less, and the tones were bent
_PULL: Final = 0.02  # towards a mere gain: twelve fields alone would fit a printer's faults too


class Corrected(StrEnum):
    """What the colours were put right by."""

    CARD = "card"
    GREY = "grey"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CardValues:
    """What the fields of the printed card send back, linear, white = 1: as drawn, or as a clinic measured them.

    Attributes
    ----------
    fields
        (12, 3) six greys, then six colours.
    calibrated
        Whether they were measured. Printers differ too much for the colours to be believed otherwise.

    """

    fields: NDArray[np.float64]
    calibrated: bool = False


AS_DRAWN: Final = CardValues(fields=linear(np.array([*GREYS, *COLOURS], np.uint8)[None])[0].astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Correction:
    """A (3, 3) matrix that takes the linear light of the photograph to that under an even white lamp."""

    by: Corrected
    matrix: NDArray[np.float64]

    def applied(self, light: Floats) -> Floats:
        """Give (..., 3) linear light put right."""
        if self.by is Corrected.NONE:
            return light
        return np.asarray(np.maximum(light @ self.matrix.T.astype(np.float32), 0), dtype=np.float32)

    @property
    def gain(self) -> NDArray[np.float64]:
        """Give the factors of red, green and blue that a grey gets."""
        return np.asarray(self.matrix.sum(axis=1))


UNCORRECTED: Final = Correction(by=Corrected.NONE, matrix=np.eye(3))


def correction(card: CardFound | None, values: CardValues = AS_DRAWN) -> Correction:
    """Give what puts the colours of a photograph right.

    Parameters
    ----------
    card
        The card seen in it, if any.
    values
        What its fields send back.

    Returns
    -------
    Correction
        By the card's colours if it was calibrated, else by its greys; none where it is unevenly lit, clipped, or its
        greys do not fall from field to field as they were printed.

    References
    ----------
    Finlayson G.D. et al., IEEE Trans Image Process 2015;24:1460, doi:10.1109/TIP.2015.2405336 (linear correction is
    exposure invariant).

    """
    if card is None or not card.even:
        return UNCORRECTED
    greys = card.seen[:_LIGHT_GREYS]
    fit = ~np.isnan(greys).any(axis=1)
    if fit.sum() < _FEWEST_GREYS or not _falling(card.seen[:_LIGHT_GREYS][fit]):
        return UNCORRECTED
    seen, true = greys[fit], values.fields[:_LIGHT_GREYS][fit]
    # Relative error counts, or the lightest field alone would decide.
    gain = np.exp(np.log(true / seen).mean(axis=0))
    if values.calibrated and not np.isnan(card.seen[len(GREYS) :]).any():
        return Correction(by=Corrected.CARD, matrix=_matrix(card.seen, values.fields, gain))
    return Correction(by=Corrected.GREY, matrix=np.diag(gain))


def _falling(greys: NDArray[np.float64]) -> bool:
    return bool(np.all(greys > 0) and np.all(greys[:-1, 1] > _SHADE * greys[1:, 1]))


def _matrix(seen: NDArray[np.float64], true: NDArray[np.float64], gain: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a matrix to all fields, each by its relative error, drawn a little towards the greys' own gain."""
    fit = ~np.isnan(seen).any(axis=1)
    balanced = seen[fit] * gain
    weight = 1 / true[fit].mean(axis=1, keepdims=True)
    rows, wanted = balanced * weight, (true[fit] - balanced) * weight
    pull = _PULL * float(np.trace(rows.T @ rows)) / 3
    change = np.linalg.solve(rows.T @ rows + pull * np.eye(3), rows.T @ wanted).T
    return np.asarray((np.eye(3) + change) @ np.diag(gain))
