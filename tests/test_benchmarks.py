"""The table of targets: every row is printed, and what is said of a figure follows from its limits."""

from __future__ import annotations

from benchmarks.targets import TARGETS, Figure, Target, table, verdict
from tests.support.cases import each_case

MORE = Target("a", "accuracy", "more", 0.70, 0.80)
LESS = Target("b", "loss", "less", -0.05, -0.12)
WITHIN = Target("c", "coverage", "within", (0.77, 0.85), (0.78, 0.82))


@each_case(
    ("target", "value", "said"),
    [
        (MORE, 0.80, "aim met"),
        (MORE, 0.7504, "ship met, aim off by 0.050"),
        (MORE, 0.695, "ship MISSED by 0.005"),
        (LESS, -0.13, "aim met"),
        (LESS, -0.10, "ship met, aim off by 0.020"),
        (LESS, 0.02, "ship MISSED by 0.070"),
        (WITHIN, 0.80, "aim met"),
        (WITHIN, 0.84, "ship met, aim off by 0.020"),
        (WITHIN, 0.95, "ship MISSED by 0.100"),
        (WITHIN, 0.70, "ship MISSED by 0.070"),
        (Target("d", "pace", "less", 2.0), 1.5, "met"),
        (Target("e", "beyond", "less"), 1.5, "no target"),
    ],
)
def test_a_figure_is_told_by_how_much_it_misses(target: Target, value: float, said: str) -> None:
    assert verdict(target, value) == said


def test_every_row_is_printed_and_what_was_not_measured_says_why() -> None:
    shown = table({"sentences": Figure(1.0, "first number .333")}, {target.key: "no data" for target in TARGETS})

    lines = shown.splitlines()[1:]
    assert [line[:65].strip() for line in lines] == [target.task for target in TARGETS]
    assert sum("not measured: no data" in line for line in lines) == len(TARGETS) - 1
    (sentences,) = (line for line in lines if line.startswith("sentences"))
    assert "1.000" in sentences
    assert "aim met" in sentences
    assert "first number .333" in sentences
