"""How well lines are filed after 0, 10, 50 and 200 corrections, on card holders never trained on."""

from __future__ import annotations

import csv
import gzip
import sys
import warnings
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from zlib import crc32

from app.ml.categoriser import Categoriser, Memory, Row

DATA = Path(__file__).parents[1].parent / "shared" / "data"
LABELS = 30
CORRECTIONS = (0, 10, 50, 200)
LONGEST = 100  # rows asked about for one user, so that no card decides the score
TARGETS = {0: (0.48, 0.52), 10: (0.61, 0.66), 50: (0.68, 0.72), 200: (0.72, 0.78)}
Cards = dict[str, list[Row]]


def cards(data: Path) -> Cards:
    """The rows of each card holder in order of time, the most frequent labels only; spending is negative."""
    path = data / "categorisation" / "bham_cards.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        found = list(csv.DictReader(lines))
    kept = {label for label, _count in Counter(line["category"] for line in found).most_common(LABELS)}
    holders: Cards = defaultdict(list)
    for line in found:
        if line["category"] in kept:
            row = Row(
                line["merchant"],
                -float(line["amount"]),
                date.fromisoformat(line["date"]),
                line["category"],
            )
            holders[line["user"]].append(row)
    for rows in holders.values():
        rows.sort(key=lambda row: row.date)
    return holders


def tested(user: str) -> bool:
    """A fixed fifth of the card holders."""
    return crc32(user.encode()) % 5 == 0


def filed_alone(answers: list[tuple[float, bool]], precision: float = 0.95) -> float:
    """The largest share of rows, surest first, that is right this often."""
    best, right = 0, 0
    for rank, (_probability, correct) in enumerate(sorted(answers, key=lambda each: -each[0]), 1):
        right += correct
        if right / rank >= precision:
            best = rank
    return best / max(len(answers), 1)


def answers(categoriser: Categoriser, holders: Cards, corrections: int) -> list[tuple[float, bool]]:
    """(probability, right) of the first guess on the rows after the corrections."""
    found = []
    for rows in holders.values():
        memory = Memory()
        for row in rows[:corrections]:
            memory.learn(row, str(row.label))
        asked = rows[corrections : corrections + LONGEST]
        for row, guesses in zip(asked, categoriser.predict_many(memory, asked), strict=True):
            found.append((guesses[0].probability, guesses[0].label == row.label))
    return found


def main(data: Path = DATA) -> dict[str, float]:
    warnings.filterwarnings("ignore")
    holders = cards(data)
    train = [row for user, rows in holders.items() if not tested(user) for row in rows]
    test = {user: rows for user, rows in holders.items() if tested(user)}
    categoriser = Categoriser().fit(train)
    scores: dict[str, float] = {}
    print("corrections   rows  right  ship   aim  alone at .95  brier")
    for corrections in CORRECTIONS:
        found = answers(categoriser, test, corrections)
        right = sum(correct for _probability, correct in found) / len(found)
        alone = filed_alone(found)
        brier = sum((probability - correct) ** 2 for probability, correct in found) / len(found)
        ship, aim = TARGETS[corrections]
        print(f"{corrections:>11} {len(found):>6} {right:>6.3f} {ship:>5} {aim:>5}", end=" ")
        print(f"{alone:>13.3f} {brier:>6.3f}")
        scores[f"accuracy_{corrections}"], scores[f"alone_{corrections}"] = round(right, 4), round(alone, 4)
    return scores


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
