"""Shipped weights, read only when they are byte for byte the ones this code was written for."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"


class BrokenArtifact(RuntimeError):
    """A shipped file is missing or is not the one the code expects."""


def load(name: str, sha256: str) -> dict[str, NDArray[Any]]:
    """The arrays of an ``.npz`` among the shipped data, without pickle. Raises BrokenArtifact."""
    try:
        content = (DATA / name).read_bytes()
    except OSError as error:
        raise BrokenArtifact(f"{name} cannot be read.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BrokenArtifact(f"{name} is not the file this release was made with.")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def save(name: str, arrays: dict[str, NDArray[Any]]) -> str:
    """Write arrays among the shipped data; the SHA-256 returned goes into the code that loads them."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    (DATA / name).write_bytes(buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()
