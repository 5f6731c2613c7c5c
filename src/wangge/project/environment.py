"""The settings of the process, read from the environment once; each wrong one is refused with one line.

Settings of the city (work slots, limits, automations) are not here: they are dated overlay rows of the
standards.
"""

from __future__ import annotations

import os
import secrets
import zlib
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from wangge.project.environment_mistakes import mistakes_in


class Mode(StrEnum):
    """How strictly the process is run: a demo on one's own machine, or a city."""

    DEMO = "demo"
    PRODUCTION = "production"


class Role(StrEnum):
    """As whom the process speaks to the database."""

    APPLICATION = "application"
    OWNER = "owner"


class EnvironmentRefused(Exception):
    """The environment is wrong; ``lines`` says so, one line for each mistake, and what to do."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _default_var() -> Path:
    """``var`` of the checkout this code runs from, so that the city is the same from any directory; else here."""
    checkout = Path(__file__).resolve().parents[3]
    return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "var"


class Environment(BaseSettings):
    """What the process was told. Every name is WANGGE_ + the field in capitals, but DATABASE_URL."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_", env_ignore_empty=True, frozen=True, extra="ignore")

    mode: Mode = Mode.DEMO
    var: Path = Field(default_factory=_default_var)
    """Everything that runs lies here: database, photos, keys."""
    secret_key: str = ""
    debug: bool = False
    hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Host names the city answers to, separated by commas."""
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Other origins whose pages may read the API, separated by commas; never ``*``."""
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    owner_database_url: str = ""
    database_pooled: bool = False
    """A pooler (PgBouncer) lends connections by the transaction: nothing may be kept in a session."""
    database_role: Role = Role.APPLICATION
    photos_s3_bucket: str = ""
    photos_s3_endpoint: str = ""
    clock_offset_minutes: int = 0
    overlay: Path | None = None
    """Directory of the city's own rows over the national standards; ``overlay`` under var by default."""
    totp_compulsory: bool = False
    session_hours: int = Field(default=10, ge=1, le=24)
    session_idle_minutes: int = Field(default=60, ge=1)
    password_days: int = Field(default=0, ge=0)
    """Passwords older than this must be changed at the next sign-in; 0: they do not age."""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_authorization_url: str = ""
    oidc_token_url: str = ""
    oidc_userinfo_url: str = ""
    oidc_keys_url: str = ""
    oidc_username_claim: str = "preferred_username"
    """Which claim of the provider is the user name here."""
    anchors: Path | None = None
    """Where the heads of the chains are anchored each night; ``anchors`` under var by default, better elsewhere."""
    months: Path | None = None
    """Where months of history moved out of the database lie; ``months`` under var by default."""
    backups: Path | None = None
    """The folder of continuous backup of the embedded database, better on another disk; empty: none."""
    backup_seconds: int = Field(default=60, ge=1)
    """The database's log leaves for it at the latest after so many seconds."""
    metrics_public: bool = False
    behind_tls: bool | None = None
    """Pages are reached by https, so cookies are marked secure; production unless said otherwise."""
    live_pages: int = Field(default=64, ge=0)
    """How many open pages each web process tells of changes at once; ``serve`` keeps it below its threads."""
    least_free_mebibytes: int = Field(default=200, ge=0)
    """Below this free space under ``var`` the city calls itself not ready."""
    log_level: str = "INFO"
    log_format: Literal["line", "json"] = "line"
    log_host: str = ""
    """Where logs are sent as well, ``udp://host:514`` or ``tcp://host:601``."""
    log_requests: bool = False
    """One line for each request: who, from where, what, how long."""
    certificate: Path | None = None
    """The certificate the proxy serves, to watch until when it holds."""
    warehouse: Path | None = None
    """Where the facts for evaluation lie; ``warehouse`` under var by default."""
    evaluation_engine: Literal["duckdb", "plain", "spark"] = "duckdb"
    """Which engine counts where a command does not say."""
    spark_master: str = "local[*]"
    """The Spark cluster of the engine ``spark``."""

    proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses of the proxies in front, separated by commas: their X-Forwarded-For is believed."""

    spool: Path | None = None
    """The folder exchanged with the public surface that stands alone; ``spool`` under var by default."""

    spool_secret: str = ""
    """What packages in the spool are signed with, on both sides; 32 characters or more; empty: no exchange."""

    hotline_secrets: Annotated[tuple[str, ...], NoDecode] = ()
    """``channel:secret``, separated by commas: what each hotline channel signs its messages with."""

    hotline_addresses: Annotated[tuple[str, ...], NoDecode] = ()
    """``channel=https://…``, separated by commas: where answers to each hotline channel are posted."""

    telephone_secret: str = ""
    """What the telephone exchange signs its events and recordings with; closed without it."""

    webhook_networks: Annotated[tuple[str, ...], NoDecode] = ()
    """Networks beside the public one, as ``10.1.0.0/16``, into which partners are told; there also without TLS."""

    email_url: str = ""
    """The mail server answers go by, ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://``."""

    email_from: str = ""
    """From whom answers by e-mail come."""

    sms_address: str = ""
    """Where answers by SMS are posted."""

    sms_secret: str = ""
    """What they are signed with."""

    wechat_app: str = ""
    """``appid:secret`` of the official account or mini-program."""

    wechat_token: str = ""
    """What WeChat signs its callbacks with."""

    wechat_template: str = ""
    """The template of subscription messages."""

    wechat_fields: Annotated[tuple[str, ...], NoDecode] = ("number=character_string1", "state=phrase2", "at=time3")
    """Which field of the template holds what: ``number``, ``state`` and ``at``."""

    wechat_address: str = "https://api.weixin.qq.com"
    """Where WeChat's servers are; another one to try with."""

    wechat_path: str = "/cgi-bin/message/subscribe/send"
    """The call that sends: this one for a mini-program, ``…/subscribe/bizsend`` for an official account."""

    public_address: str = ""
    """Where citizens find the page of their report, for the link in an answer."""

    @field_validator(
        "hosts", "cors_origins", "proxies", "hotline_secrets", "hotline_addresses", "webhook_networks",
        "wechat_fields", mode="before",
    )  # fmt: skip
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("var", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @property
    def city_overlay(self) -> Path | None:
        """The directory of the city's own rows, when there is one."""
        if self.overlay is not None:
            return self.overlay.expanduser().resolve()
        own = self.var / "overlay"
        return own if own.is_dir() else None

    @property
    def secrets_of_channels(self) -> dict[str, str]:
        """Channel of the hotline → the secret it signs with; a channel without one is closed."""
        return dict(pair.split(":", 1) for pair in self.hotline_secrets if ":" in pair)

    @property
    def addresses_of_channels(self) -> dict[str, str]:
        """Channel of the hotline → where its messages are posted."""
        return dict(pair.split("=", 1) for pair in self.hotline_addresses if "=" in pair)

    @property
    def spool_folder(self) -> Path:
        """The folder exchanged with the public surface."""
        return self.spool.expanduser().resolve() if self.spool is not None else self.var / "spool"

    @property
    def anchor_directory(self) -> Path:
        """Where anchors lie."""
        return self.var / "anchors" if self.anchors is None else self.anchors.expanduser().resolve()

    @property
    def months_directory(self) -> Path:
        """Where months moved out of the database lie."""
        return self.months.expanduser().resolve() if self.months is not None else self.var / "months"

    @property
    def backup_folder(self) -> Path | None:
        """The folder of continuous backup, where there is one."""
        return self.backups.expanduser().resolve() if self.backups is not None else None

    @property
    def warehouse_root(self) -> Path:
        """The directory of the warehouse of facts."""
        return self.warehouse.expanduser().resolve() if self.warehouse is not None else self.var / "warehouse"

    @property
    def embedded(self) -> bool:
        """Whether the database is our own, under ``var``."""
        return not self.database_url

    @property
    def production(self) -> bool:
        """Whether a real city runs here."""
        return self.mode is Mode.PRODUCTION

    @property
    def instance(self) -> str:
        """A short name that tells this city from another one on the same host."""
        return f"{zlib.crc32(str(self.var).encode()):08x}"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may travel by https only."""
        return self.production if self.behind_tls is None else self.behind_tls


@lru_cache(maxsize=1)
def read_environment() -> Environment:
    """The environment of this process; raises ``EnvironmentRefused`` with every mistake at once."""
    try:
        found = Environment()
    except ValidationError as error:
        raise EnvironmentRefused([_line_of(e["loc"], str(e["msg"])) for e in error.errors()]) from None
    refused = mistakes_in(found)
    if refused:
        raise EnvironmentRefused(refused)
    return found


def secret_key_of(environment: Environment) -> str:
    """The given key, or for a demo one made once and kept under ``var``, readable by its owner alone."""
    if environment.secret_key:
        return environment.secret_key
    path = environment.var / "secret-key"
    if not path.exists():
        environment.var.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(64))
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """Put a secret there whole or not at all; of two processes the first one wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _line_of(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else "?"
    variable = name if name == "DATABASE_URL" else f"WANGGE_{name.upper()}"
    return f"{variable} 的值不可用：{message}"
