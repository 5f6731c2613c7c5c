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
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

KEY_LEAST_LENGTH = 50
KEY_LEAST_DIFFERENT = 10
HOTLINE_SECRET_LEAST_LENGTH = 32


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

    model_config = SettingsConfigDict(env_prefix="WANGGE_", frozen=True, extra="ignore")

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


def mistakes_in(environment: Environment) -> list[str]:
    """One line for each setting that a process must not start with."""
    checks = (
        _mistakes_of_production,
        _mistakes_of_key,
        _mistakes_of_origins,
        _mistakes_of_database,
        _mistakes_of_provider,
        _mistakes_of_hotline,
        _mistakes_of_networks,
        _mistakes_of_replies,
        _mistakes_of_logs,
    )
    return [line for check in checks for line in check(environment)]


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


def _mistakes_of_production(environment: Environment) -> list[str]:
    if not environment.production:
        return []
    lines = []
    if not environment.secret_key:
        lines.append("正式运行缺少密钥：请设置 WANGGE_SECRET_KEY（不少于 50 个随机字符）。")
    if environment.debug:
        lines.append("正式运行不得打开调试：请去掉 WANGGE_DEBUG。")
    if not environment.hosts:
        lines.append("正式运行须写明域名：请设置 WANGGE_HOSTS（逗号分隔）。")
    return lines


def _mistakes_of_key(environment: Environment) -> list[str]:
    key = environment.secret_key
    if not key or (len(key) >= KEY_LEAST_LENGTH and len(set(key)) >= KEY_LEAST_DIFFERENT):
        return []
    return [f"密钥太弱：WANGGE_SECRET_KEY 须不少于 {KEY_LEAST_LENGTH} 个随机字符。"]


def _mistakes_of_origins(environment: Environment) -> list[str]:
    lines = []
    if "*" in environment.hosts and environment.production:
        lines.append("正式运行的 WANGGE_HOSTS 不得为 *：请逐个写明域名。")
    for origin in environment.cors_origins:
        if "*" in origin:
            lines.append("跨域不得对所有来源开放：请在 WANGGE_CORS_ORIGINS 中逐个写明来源，不用 *。")
        elif not origin.startswith(("https://", "http://")):
            lines.append(f"WANGGE_CORS_ORIGINS 中的 {origin} 不是来源：请写成 https://域名。")
    return lines


def _mistakes_of_provider(environment: Environment) -> list[str]:
    names = (
        "issuer",
        "client_id",
        "client_secret",
        "authorization_url",
        "token_url",
        "userinfo_url",
        "keys_url",
    )
    given = {name for name in names if getattr(environment, f"oidc_{name}")}
    missing = [f"WANGGE_OIDC_{name.upper()}" for name in names if given and name not in given]
    lines = [f"统一身份认证的设置不全：还须设置 {' '.join(missing)}。"] if missing else []
    for name in names:
        url = getattr(environment, f"oidc_{name}")
        if environment.production and name.endswith("_url") and url and not url.startswith("https://"):
            lines.append(f"WANGGE_OIDC_{name.upper()} 须以 https:// 开头。")
    return lines


def _mistakes_of_database(environment: Environment) -> list[str]:
    lines = []
    for name, url in (
        ("DATABASE_URL", environment.database_url),
        ("WANGGE_OWNER_DATABASE_URL", environment.owner_database_url),
    ):
        if url and not url.startswith(("postgres://", "postgresql://")):
            lines.append(f"{name} 须以 postgresql:// 开头：本系统只用 PostgreSQL。")
    if environment.owner_database_url and not environment.database_url:
        lines.append("设置了 WANGGE_OWNER_DATABASE_URL 却没有 DATABASE_URL：请同时设置。")
    return lines


def _mistakes_of_hotline(environment: Environment) -> list[str]:
    return (
        [
            f"WANGGE_HOTLINE_SECRETS 须写作 渠道:密钥，密钥不少于 {HOTLINE_SECRET_LEAST_LENGTH} 个字符。"
            for pair in environment.hotline_secrets
            if not pair.partition(":")[0] or len(pair.partition(":")[2]) < HOTLINE_SECRET_LEAST_LENGTH
        ]
        + [
            "WANGGE_HOTLINE_ADDRESSES 须写作 渠道=https://地址。"
            for pair in environment.hotline_addresses
            if not pair.partition("=")[0] or not pair.partition("=")[2].startswith(("https://", "http://"))
        ]
        + [
            f"WANGGE_TELEPHONE_SECRET 须不少于 {HOTLINE_SECRET_LEAST_LENGTH} 个字符。"
            for secret in (environment.telephone_secret,)
            if secret and len(secret) < HOTLINE_SECRET_LEAST_LENGTH
        ]
    )


def _mistakes_of_networks(environment: Environment) -> list[str]:
    lines = []
    for network in environment.webhook_networks:
        try:
            ip_network(network)
        except ValueError:
            lines.append(f"WANGGE_WEBHOOK_NETWORKS 中的 {network} 不是网络：请写成 10.1.0.0/16。")
    return lines


def _mistakes_of_replies(environment: Environment) -> list[str]:
    lines = []
    if bool(environment.email_url) != bool(environment.email_from):
        lines.append("WANGGE_EMAIL_URL 与 WANGGE_EMAIL_FROM 须一并设置。")
    if environment.email_url and not environment.email_url.startswith(("smtp://", "smtps://")):
        lines.append("WANGGE_EMAIL_URL 须写作 smtp://用户:口令@主机:587 或 smtps://…。")
    if environment.sms_address and len(environment.sms_secret) < HOTLINE_SECRET_LEAST_LENGTH:
        lines.append(f"WANGGE_SMS_SECRET 须不少于 {HOTLINE_SECRET_LEAST_LENGTH} 个字符。")
    for name in ("sms_address", "wechat_address", "public_address"):
        address = getattr(environment, name)
        least = ("https://",) if environment.production and name != "public_address" else ("https://", "http://")
        if address and not address.startswith(least):
            lines.append(f"WANGGE_{name.upper()} 须以 {least[0]} 开头。")
    if environment.wechat_app and ":" not in environment.wechat_app:
        lines.append("WANGGE_WECHAT_APP 须写作 appid:密钥。")
    if bool(environment.wechat_app) != bool(environment.wechat_template):
        lines.append("WANGGE_WECHAT_APP 与 WANGGE_WECHAT_TEMPLATE 须一并设置。")
    fields = {pair.partition("=")[0] for pair in environment.wechat_fields if pair.partition("=")[2]}
    if len(fields) < len(environment.wechat_fields) or not fields <= {"number", "state", "at"}:
        lines.append("WANGGE_WECHAT_FIELDS 须写作 number=字段,state=字段,at=字段。")
    return lines


def _mistakes_of_logs(environment: Environment) -> list[str]:
    if not environment.log_host:
        return []
    found = urlsplit(environment.log_host)
    try:
        whole = found.scheme in ("udp", "tcp") and bool(found.hostname) and found.port is not None
    except ValueError:
        whole = False
    return [] if whole else ["WANGGE_LOG_HOST 须写作 udp://主机:514 或 tcp://主机:601。"]
