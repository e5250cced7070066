"""The settings, their documentation and their example are one list; bad values are refused with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
NAMES = {field.alias for field in Settings.model_fields.values()}


def test_every_setting_is_in_the_example():
    assert set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)) == NAMES


def test_every_setting_is_documented():
    assert set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/operating.md").read_text(), re.M)) == NAMES


def test_the_example_is_what_happens_without_it(monkeypatch, tmp_path):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    example = Settings(_env_file=ROOT / ".env.example")

    assert example == Settings(_env_file=None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "short"), ("SALDO_HOSTS", "*"), ("SALDO_PORT", "99999"), ("SALDO_RATE_LIMIT_FACTOR", "0")],
)
def test_a_value_that_cannot_be_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError):
        Settings(_env_file=None)


def test_a_secret_is_made_once_and_is_for_its_owner_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("SALDO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("SECRET_KEY")
    one, other = Settings(_env_file=None), Settings(_env_file=None)

    assert one.secret("secret_key") == other.secret("secret_key")
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
