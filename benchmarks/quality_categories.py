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

from app.ml.categoriser import ACCEPT_PROBABILITY, Categoriser, Memory, Row
from app.ml.features import payee_key
from benchmarks.targets import Figure, Figures

DATA = Path(__file__).parents[1].parent / "shared" / "data"
LABELS = 30
CORRECTIONS = (0, 10, 50, 200)
LONGEST = 100  # rows asked about for one user, so that no card decides the score
Cards = dict[str, list[Row]]
Answers = list[tuple[float, bool]]


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


def filed_alone(answers: Answers, precision: float = 0.95) -> float:
    """The largest share of rows, surest first, that is right this often."""
    best, right = 0, 0
    for rank, (_probability, correct) in enumerate(sorted(answers, key=lambda each: -each[0]), 1):
        right += correct
        if right / rank >= precision:
            best = rank
    return best / max(len(answers), 1)


def answers(categoriser: Categoriser, holders: Cards, corrections: int) -> Answers:
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


def looked_up(train: list[Row], holders: Cards, corrections: int) -> Answers:
    """The plain baseline: what the user filed this payee under most, else what others did, else the commonest label."""
    others: dict[str, Counter[str]] = defaultdict(Counter)
    for row in train:
        others[payee_key(row.text)][str(row.label)] += 1
    everything = sum(others.values(), Counter[str]())
    found = []
    for rows in holders.values():
        own: dict[str, Counter[str]] = defaultdict(Counter)
        for row in rows[:corrections]:
            own[payee_key(row.text)][str(row.label)] += 1
        for row in rows[corrections : corrections + LONGEST]:
            key = payee_key(row.text)
            counted = own.get(key) or others.get(key) or everything
            ((label, count),) = counted.most_common(1)
            sure = 1.0 if key in own else 0.5 if key in others else 0.0
            found.append((sure + 0.4 * count / (counted.total() + 1), label == row.label))
    return found


def measure(data: Path) -> Figures:
    """Print how each number of corrections does and give the rows of the table."""
    warnings.filterwarnings("ignore")
    holders = cards(data)
    train = [row for user, rows in holders.items() if not tested(user) for row in rows]
    test = {user: rows for user, rows in holders.items() if tested(user)}
    categoriser = Categoriser().fit(train)
    figures: Figures = {}
    print(f"{len(test)} card holders never trained on, of {len(holders)}; a row is filed alone in the product from a")
    print(f"probability of {ACCEPT_PROBABILITY} on; 'alone at .95' is the most that any threshold could file at 95 %")
    print("corrections   rows  right  looked up  alone at .95  looked up  brier  filed alone  of it right")
    for corrections in CORRECTIONS:
        found, plain = answers(categoriser, test, corrections), looked_up(train, test, corrections)
        right, plainly = (sum(correct for _sure, correct in each) / len(each) for each in (found, plain))
        alone, plain_alone = filed_alone(found), filed_alone(plain)
        brier = sum((probability - correct) ** 2 for probability, correct in found) / len(found)
        filed = [correct for probability, correct in found if probability >= ACCEPT_PROBABILITY]
        share, precision = len(filed) / len(found), sum(filed) / max(len(filed), 1)
        print(
            f"{corrections:>11} {len(found):>6} {right:>6.3f} {plainly:>10.3f} {alone:>13.3f} {plain_alone:>10.3f}",
            end=" ",
        )
        print(f"{brier:>6.3f} {share:>12.3f} {precision:>12.3f}")
        figures[f"category {corrections}"] = Figure(right, f"payee looked up {plainly:.3f}")
        figures[f"alone {corrections}"] = Figure(alone, f"payee looked up {plain_alone:.3f}")
    return figures


if __name__ == "__main__":
    measure(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
