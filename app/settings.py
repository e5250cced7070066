"""Settings of this installation: one frozen object, read from the environment and ``.env``."""

from __future__ import annotations

import os
import secrets
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIN_SECRET_CHARACTERS = 32  # characters


def is_loopback(host: str) -> bool:
    """Return whether a host name or address, with or without a port, is this machine."""
    if host.startswith("["):
        name = host.partition("]")[0].lstrip("[")
    else:
        name = host.rpartition(":")[0] if host.count(":") == 1 else host
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """Settings. Each field is documented in ``docs/operating.md`` and ``.env.example``; a test compares them."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, populate_by_name=True)

    database_url: str = Field("", alias="DATABASE_URL")
    redis_url: str = Field("", alias="REDIS_URL")
    secret_key: SecretStr = Field(SecretStr(""), alias="SECRET_KEY")
    jwt_secret_key: SecretStr = Field(SecretStr(""), alias="JWT_SECRET_KEY")
    debug: bool = Field(False, alias="DEBUG")
    smtp_url: SecretStr = Field(SecretStr(""), alias="SMTP_URL")
    mail_from: str = Field("Saldo <saldo@localhost>", alias="SALDO_MAIL_FROM")
    public_url: str = Field("", alias="SALDO_PUBLIC_URL")

    host: str = Field("127.0.0.1", alias="SALDO_HOST")
    port: int = Field(8000, alias="SALDO_PORT", ge=0, le=65535)
    hosts: str = Field("", alias="SALDO_HOSTS")
    web_workers: int = Field(1, alias="SALDO_WEB_WORKERS", ge=1, le=64)
    data_dir: Path = Field(Path("data"), alias="SALDO_DATA_DIR")
    currency: str = Field("EUR", alias="SALDO_CURRENCY")
    cors_origins: str = Field("", alias="SALDO_CORS_ORIGINS")
    rate_limit_factor: float = Field(1.0, alias="SALDO_RATE_LIMIT_FACTOR", ge=0.01, le=100000)
    insecure_http: bool = Field(False, alias="SALDO_INSECURE_HTTP")
    forwarded_allow_ips: str = Field("127.0.0.1", alias="SALDO_FORWARDED_ALLOW_IPS")
    metrics_token: SecretStr = Field(SecretStr(""), alias="SALDO_METRICS_TOKEN")
    exchange_rates_url: str = Field("", alias="SALDO_EXCHANGE_RATES_URL")
    sign_up: Literal["open", "closed"] = Field("open", alias="SALDO_SIGN_UP")
    log_format: Literal["auto", "json", "console"] = Field("auto", alias="SALDO_LOG_FORMAT")

    @field_validator("currency")
    @classmethod
    def _in_capitals(cls, code: str) -> str:
        return code.strip().upper()

    @field_validator("hosts")
    @classmethod
    def _no_wildcard(cls, hosts: str) -> str:
        if "*" in hosts:
            raise ValueError("SALDO_HOSTS names hosts; “*” would accept every one. List them, separated by commas.")
        return hosts

    @field_validator("exchange_rates_url")
    @classmethod
    def _https_or_this_machine(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.netloc)):
            raise ValueError("SALDO_EXCHANGE_RATES_URL must be an https address")
        return url

    @field_validator("secret_key", "jwt_secret_key")
    @classmethod
    def _long_enough(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < MIN_SECRET_CHARACTERS:
            raise ValueError(
                f"a secret needs at least {MIN_SECRET_CHARACTERS} characters; leave it out and one is made"
            )
        return secret

    @property
    def database(self) -> str:
        """Return the database URL; by default a file in the data folder."""
        url = self.database_url or f"sqlite:///{self.data_dir.absolute() / 'saldo.sqlite3'}"
        for plain, driver in (
            ("postgres://", "postgresql+asyncpg://"),
            ("postgresql://", "postgresql+asyncpg://"),
            ("sqlite://", "sqlite+aiosqlite://"),
        ):
            if url.startswith(plain):
                return driver + url.removeprefix(plain)
        return url

    @property
    def uploads(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def has_public_name(self) -> bool:
        """Return whether this installation has a public name and is used through a proxy."""
        names = (*self.allowed_hosts, urlsplit(self.public_url).netloc)
        return any(name and not is_loopback(name) for name in names)

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        return tuple(filter(None, (host.strip().lower() for host in self.hosts.split(","))))

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(filter(None, (origin.strip() for origin in self.cors_origins.split(","))))

    def secret(self, name: Literal["secret_key", "jwt_secret_key"]) -> str:
        """Return a secret from the settings, else from the data folder, created at first use with mode 0600."""
        given: SecretStr = getattr(self, name)
        return given.get_secret_value() or _kept(self.data_dir.absolute(), name)


def make_private_folder(folder: Path) -> None:
    """Create a folder and its missing parents, readable by this user alone."""
    for each in (*reversed(folder.parents), folder):
        if not each.exists():
            each.mkdir(mode=0o700, exist_ok=True)


@cache
def _kept(folder: Path, name: str) -> str:
    make_private_folder(folder)
    path = folder / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(fresh := secrets.token_urlsafe(48))
    return fresh


@cache
def settings() -> Settings:
    return Settings()
