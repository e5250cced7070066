"""The shipped models are the released ones, or they are not used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.ml import artifacts


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(artifacts, "FOLDER", tmp_path)
    artifacts.arrays.cache_clear()
    yield tmp_path
    artifacts.arrays.cache_clear()


CARD = {"version": "1", "data": "made up", "licence": "MIT", "rows": 3, "scores": {"right": 0.5}}


def test_every_shipped_model_with_a_card_is_the_released_one() -> None:
    cards = artifacts.catalogue()
    assert [card.name for card in cards if not card.sound] == []
    assert "categories" in {card.name for card in cards}
    assert all(card.licence and card.data and card.version and card.rows > 0 for card in cards)


def test_a_changed_file_is_refused_and_listed_as_unsound(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = artifacts.write("toy", {"weights": np.arange(3)}, CARD, folder)
    monkeypatch.setitem(artifacts.PINS, "toy", known)
    assert artifacts.arrays("toy")["weights"].tolist() == [0, 1, 2]

    artifacts.arrays.cache_clear()
    artifacts.write("toy", {"weights": np.arange(4)}, CARD, folder)
    with pytest.raises(artifacts.Tampered, match="toy"):
        artifacts.arrays("toy")
    assert [card.sound for card in artifacts.catalogue()] == [False]


def test_a_missing_file_is_refused(folder: Path) -> None:
    with pytest.raises(artifacts.Tampered):
        artifacts.arrays("nowhere")


def test_equal_arrays_give_equal_bytes(tmp_path: Path) -> None:
    sums = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        sums.append(artifacts.write("toy", {"weights": np.arange(3)}, CARD, tmp_path / name))
    assert sums[0] == sums[1]


def test_the_categoriser_ships_small() -> None:
    assert (artifacts.FOLDER / "categories.npz").stat().st_size <= 2_000_000
