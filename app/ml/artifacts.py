"""The trained models that ship with Saldo: each is arrays and a card of facts, held to a known SHA-256."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import Unavailable
from app.i18n import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "data"

PINS = {
    "anomalies": "72ee93adc04e31d6f8ef06fb1cfe5a49a5ebbbf3c4023879cd8706a9f23403e5",
    "budgets": "9eea57e947d2c8589c149ecd397feed969bf2a9fb832f4f48bfa0410336a667c",
    "categories": "dbcb7c7e6e8280fde1461e2e3cb2ed4c2d2b2b42dd7774d8e30bf7c603646f58",
    "sequence": "3a240ee619cc48cb1a438b0914bba69a7ecb1bbbe1dd6525a044c09074314bf3",
}
"""The SHA-256 of each ``.npz``; a rebuilt artefact loads only after its new sum is written here."""


class Tampered(Unavailable):
    """A shipped file is missing or is not the one that was released."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "The model “{name}” is missing or has been modified, so it isn’t used.",
                name=name,
            )
        )


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a trained model; ``sound`` when the file is the released one."""

    name: str
    version: str
    data: str
    licence: str
    rows: int
    scores: Mapping[str, float]
    sha256: str
    sound: bool


@cache
def arrays(name: str) -> dict[str, NDArray[Any]]:
    """The arrays of a model, read once a process. Raises Tampered when they are not the released ones."""
    path = FOLDER / f"{name}.npz"
    if not _sound(path, PINS.get(name)):
        raise Tampered(name)
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


@cache
def facts(name: str) -> dict[str, Any]:
    """The card of a model as it was written beside its arrays."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def catalogue() -> list[Card]:
    """Every shipped model with a card, by name, for the page that shows which models are at work."""
    cards = []
    for path in sorted(FOLDER.glob("*.json")):
        known = json.loads(path.read_text("utf-8"))
        file = path.with_suffix(".npz")
        cards.append(
            Card(
                name=path.stem,
                version=str(known["version"]),
                data=str(known["data"]),
                licence=str(known["licence"]),
                rows=int(known["rows"]),
                scores={str(key): float(value) for key, value in known["scores"].items()},
                sha256=digest(file) if file.exists() else "",
                sound=_sound(file, PINS.get(path.stem)),
            )
        )
    return cards


def write(name: str, stored: Mapping[str, NDArray[Any]], card: Mapping[str, Any], folder: Path = FOLDER) -> str:
    """Write a model and its card; equal input gives equal bytes. Returns the SHA-256 to be pinned."""
    import numpy as np

    path = folder / f"{name}.npz"
    np.savez_compressed(path, allow_pickle=False, **dict(stored))
    sum_ = digest(path)
    text = json.dumps({**card, "sha256": sum_}, indent=2, ensure_ascii=False, sort_keys=True)
    (folder / f"{name}.json").write_text(text + "\n", "utf-8")
    return sum_


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _sound(path: Path, pinned: str | None) -> bool:
    return path.exists() and digest(path) == pinned
