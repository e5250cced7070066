"""What a line usually is: a linear model over hashed letter groups, and the seed table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from app.domain.categories import KEYS, KIND_OF
from app.ml.features import DIMENSIONS, amount_bucket, grams, hashed, words
from app.ml.seed_table import hints

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SURE_LOG_ODDS, UNSURE_LOG_ODDS = 5.0, 3.5  # log odds that a merchant's name and a general word give
AGREEMENT_SHARE = 0.4  # share of the lesser log odds when two hints say the same
STRANGER_REFUND_LOG_ODDS = 4.0  # log odds against a refund from somebody who is no known shop
LOG_ODDS_PER_WORD = 0.4  # log odds more for each further word of the phrase
MAX_CACHED_LINES = 20_000


def encode(text: str, amount: float) -> tuple[Integers, Floats]:
    """The pieces of a line as (places, values): letter groups, words, sign and size of the amount."""
    bucket = amount_bucket(amount)
    sign = (amount > 0) - (amount < 0)
    counted: dict[int, float] = {}
    seen = counted.get
    for piece in grams(text):
        place = crc32(piece.encode()) & (DIMENSIONS - 1)  # hashed(), without a call for each of some hundred pieces
        counted[place] = seen(place, 0.0) + (1.6 if piece[1:2] == ":" else 1.0)
    places = list(counted)
    values = np.fromiter(counted.values(), np.float64, len(counted))
    values /= max(float(values @ values), 1.0) ** 0.5
    extras = {hashed(f"a:{bucket}"): 0.35}
    for piece, weight in ((f"s:{sign}", 0.35), (f"ta:{bucket} {' '.join(words(text))}", 0.4)):
        extras[hashed(piece)] = extras.get(hashed(piece), 0.0) + weight
    # a place twice is added twice: the same as their sum
    return (
        np.array([*places, *extras], np.int64),
        np.concatenate([values, np.fromiter(extras.values(), np.float64, len(extras))]),
    )


@dataclass(slots=True)
class GlobalModel:
    """``weights`` is (DIMENSIONS, labels), ``bias`` (labels,); without them the seed table speaks."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32] | None = None
    bias: Floats | None = None
    shares: Floats | None = None
    has_seed_table: bool = False
    _place: tuple[dict[str, int], list[int], list[int]] | None = field(default=None, repr=False)
    _seen: dict[tuple[str, int], Floats] = field(default_factory=dict, repr=False)

    @property
    def base(self) -> Floats:
        """How frequent each label is in general, (labels,)."""
        if self.shares is None:
            self.shares = np.full(len(self.labels), 1 / max(len(self.labels), 1))
        return self.shares

    def log_probabilities(self, text: str, amount: float) -> Floats:
        """(labels,); cached by text and size of the amount, which is all the model looks at."""
        sight = (text, amount_bucket(amount))
        found = self._seen.get(sight)
        if found is None:
            if len(self._seen) >= MAX_CACHED_LINES:
                self._seen.clear()
            found = self._seen[sight] = self._score(text, amount)
        return found

    def _score(self, text: str, amount: float) -> Floats:
        scores = np.zeros(len(self.labels)) if self.bias is None else self.bias.copy()
        if self.weights is not None:
            places, values = encode(text, amount)
            scores += values @ self.weights[places]
        if self.has_seed_table:
            scores += self._known(text, amount)
        return log_softmax(scores)

    def _known(self, text: str, amount: float) -> Floats:
        scores = np.zeros(len(self.labels))
        place, expense, income = self._places()
        for hint in hints(text):
            if hint.key in place:
                gain = (SURE_LOG_ODDS if hint.sure else UNSURE_LOG_ODDS) + LOG_ODDS_PER_WORD * hint.phrase.count(" ")
                have = scores[place[hint.key]]
                scores[place[hint.key]] = max(have, gain) + AGREEMENT_SHARE * min(have, gain)
        if amount > 0:
            # money from a shop is most often a refund; only income categories expect it otherwise
            if "refunds" in place:
                known = max((scores[at] for at in expense), default=0.0)
                refund = max(scores[place["refunds"]], known + 0.5)
                scores[place["refunds"]] = refund if known or refund > 1 else -STRANGER_REFUND_LOG_ODDS
            scores[expense] -= 2.0
        elif amount < 0:
            scores[income] -= 6.0
        return scores

    def _places(self) -> tuple[dict[str, int], list[int], list[int]]:
        if self._place is None:
            kinds = [KIND_OF.get(label) for label in self.labels]
            self._place = (
                {label: at for at, label in enumerate(self.labels)},
                [at for at, kind in enumerate(kinds) if kind == "expense"],
                [at for at, kind in enumerate(kinds) if kind == "income"],
            )
        return self._place

    def deciding_words(self, text: str, label: str) -> tuple[str, ...]:
        """The words, at most three, that speak most for a label."""
        if self.has_seed_table:
            known = [hint for hint in hints(text) if hint.key == label]
            if known:
                return tuple(hint.phrase for hint in known[:3])
        if self.weights is None or label not in self.labels:
            return ()
        column = self.weights[:, self.labels.index(label)]
        gains = {word: float(column[hashed(f"w:{word}")]) for word in words(text)}
        return tuple(word for word in sorted(gains, key=lambda each: -gains[each]) if gains[word] > 0)[:3]


def log_softmax(scores: Floats) -> Floats:
    scores = scores - scores.max()
    return np.asarray(scores - np.log(np.exp(scores).sum()), dtype=np.float64)


def seed_table_only() -> GlobalModel:
    """What can be said from the table alone: most lines are everyday spending."""
    return GlobalModel(
        KEYS, bias=np.array([0.0 if KIND_OF[key] == "expense" else -0.5 for key in KEYS]), has_seed_table=True
    )


def from_arrays(stored: Mapping[str, NDArray[Any]]) -> GlobalModel:
    """The shipped model: weights are bytes with one scale a label."""
    return GlobalModel(
        tuple(str(label) for label in stored["labels"]),
        (stored["weights"] * stored["scale"]).astype(np.float32),
        stored["bias"].astype(np.float64),
        stored["shares"].astype(np.float64),
        has_seed_table=True,
    )
