"""The category of a statement line: what the user filed before, else what such lines usually are.

Layers, each weaker than the one before: the payee's own history with this user, similar payees the user
filed, the user's habits, and a general model with a seed table of merchants and words.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Literal

from app.domain import payees
from app.i18n import _, ngettext
from app.ml import artifacts
from app.ml.features import bucket_amount, payee_key
from app.ml.memory import Learned, Memory, Row

if TYPE_CHECKING:
    from app.ml.combiner import Evidence, Floats, Weights
    from app.ml.global_model import GlobalModel

__all__ = ["Because", "Categoriser", "Guess", "Learned", "Memory", "Outcome", "Row", "decide"]

log = logging.getLogger(__name__)
ARTEFACT = "categories"

ACCEPT_PROBABILITY = 0.92
"""From here on a row is filed alone."""
SUGGEST_PROBABILITY = 0.45
"""From here on the best guess is shown as a suggestion; below, the user is asked."""
MAX_GUESSES = 3
MAX_CACHED_ANSWERS = 50_000  # answers kept for one user
UNKNOWN_LABEL_LOG = -6.0  # log probability of a label that only the user knows
RARE_LABEL_SHARE = 0.005  # base rate of such a label
MIN_LIKENESS = 0.5  # likeness of payees that is worth naming as the reason


class Outcome(Enum):
    """What to do with a guess."""

    FILE = "file"
    SUGGEST = "suggest"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Because:
    """Why a label was guessed: by the user's own filings of ``payee`` (or one like it), or by ``words``."""

    kind: Literal["payee", "similar", "words", "habit", "general"]
    payee: str = ""
    count: int = 0
    words: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        if self.kind == "payee":
            return ngettext(
                "you chose this for {payee} once",
                "you chose this for {payee} {n} times",
                self.count,
                payee=self.payee,
            )
        if self.kind == "similar":
            return _("you chose this for the similar payee {payee}", payee=self.payee)
        if self.kind == "words":
            quoted = ", ".join(f"“{word}”" for word in self.words)
            return _("the word {words}", words=quoted) if len(self.words) == 1 else _("the words {words}", words=quoted)
        if self.kind == "habit":
            return _("you use this category often")
        return _("similar transactions usually have this category")


@dataclass(frozen=True, slots=True)
class Guess:
    label: str
    probability: float
    reason: Because


def decide(guesses: Sequence[Guess]) -> Outcome:
    """File alone, suggest, or ask: decided by the calibrated probability of the first guess."""
    best = guesses[0].probability if guesses else 0.0
    return (
        Outcome.FILE if best >= ACCEPT_PROBABILITY else Outcome.SUGGEST if best >= SUGGEST_PROBABILITY else Outcome.ASK
    )


class Categoriser:
    """The door: one general model shared by all, and the memory of the user who asks."""

    def __init__(self, general: GlobalModel | None = None, weights: Weights | None = None) -> None:
        self._general, self._weights = general, weights

    @classmethod
    def load(cls) -> Categoriser:
        """The shipped model over the default category keys, loaded once a process."""
        return _shipped()

    def predict(self, user_memory: Memory, row: Row) -> list[Guess]:
        """The three likeliest labels, the likeliest first; probabilities are over all labels."""
        return self.predict_many(user_memory, (row,))[0]

    def predict_many(self, user_memory: Memory, rows: Iterable[Row]) -> list[list[Guess]]:
        """``predict`` for many rows; what looks the same to the models is worked out once.

        Amounts of one size look the same. They are told apart to two digits for a payee that the user files
        under more than one label, and to the cent where a payee is new and the very amount was filed before.
        """
        cache, exact, answers = user_memory.cache, user_memory.exact, []
        for row in rows:
            amount = round(row.amount, 2)
            known = cache.get(row.text)
            if known is None:
                known = cache[row.text] = len(user_memory.payees.get(payee_key(row.text), ()))
            if known > 1:
                amount = float(f"{amount:.1e}")
            elif known or amount not in exact:
                amount = bucket_amount(amount)
            sight = (row.text, amount)
            found = cache.get(sight)
            if found is None:
                if len(cache) >= MAX_CACHED_ANSWERS:
                    cache.clear()
                found = cache[sight] = self._predict(user_memory, Row(row.text, sight[1], row.date))
            answers.append(found)
        return answers

    def _predict(self, memory: Memory, row: Row) -> list[Guess]:
        import numpy as np

        from app.ml import combiner

        labels, general, base = self._view(memory, row)
        if not labels:
            return []
        evidence = combiner.collect_evidence(labels, general, base, memory, payee_key(row.text), row.amount)
        likely = self.weights.probabilities(evidence.table)
        best = np.argsort(-likely, kind="stable")[:MAX_GUESSES]
        return [Guess(labels[at], float(likely[at]), self._because(memory, row, labels[at], evidence)) for at in best]

    def _view(self, memory: Memory, row: Row) -> tuple[tuple[str, ...], Floats, Floats]:
        """The model's labels and the user's own, with log probabilities and base rates."""
        import numpy as np

        global_model = self.general
        scores = global_model.log_probabilities(row.text, row.amount)
        sets = memory.cache.get("labels")
        if sets is None:
            own = tuple(sorted(set(memory.labels) - set(global_model.labels)))
            every = (*global_model.labels, *own)
            kept = [at for at, label in enumerate(every) if memory.allowed is None or label in memory.allowed]
            sets = memory.cache["labels"] = (
                tuple(every[at] for at in kept),
                np.array(kept, dtype=int),
                len(own),
            )
        labels, kept_places, more = sets
        base = np.concatenate([global_model.base, np.full(more, RARE_LABEL_SHARE)])[kept_places]
        return labels, np.concatenate([scores, np.full(more, UNKNOWN_LABEL_LOG)])[kept_places], base

    def _because(self, memory: Memory, row: Row, label: str, evidence: Evidence) -> Because:
        if label in evidence.payee:
            return Because("payee", payees.clean(row.text), evidence.payee[label].count)
        if evidence.similarity >= MIN_LIKENESS and label in memory.payees.get(evidence.nearest, {}):
            return Because("similar", evidence.nearest)
        words = self.general.deciding_words(row.text, label)
        if words:
            return Because("words", words=words)
        return Because("habit" if label in memory.labels else "general")

    @property
    def general(self) -> GlobalModel:
        if self._general is None:
            self._general = _general()
        return self._general

    @property
    def weights(self) -> Weights:
        if self._weights is None:
            self._weights = _weights()
        return self._weights

    def fit(self, rows: Iterable[Row]) -> Categoriser:
        """Train the general model on labelled rows of many users, for whatever labels they have."""
        from app.ml.training.linear import fit

        self._general = fit([row for row in rows if row.label is not None])
        return self


@cache
def _shipped() -> Categoriser:
    return Categoriser()


@cache
def _general() -> GlobalModel:
    """The shipped general model; the seed table alone when its file is not the released one."""
    from app.ml import global_model

    try:
        return global_model.from_arrays(artifacts.arrays(ARTEFACT))
    except artifacts.Tampered as error:
        log.warning("categoriser: %s", error)
        return global_model.seed_table_only()


@cache
def _weights() -> Weights:
    """The shipped weights between the layers, else those set by hand."""
    from app.ml import combiner

    try:
        stored = artifacts.arrays(ARTEFACT)
    except artifacts.Tampered:
        return combiner.plain_weights()
    return combiner.Weights(stored["into"], stored["hidden"], stored["out"], stored["line"])
