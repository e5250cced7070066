"""Saldo: personal finance that keeps its own books."""

from __future__ import annotations

__version__ = "0.1.0"
