"""What a process must not start with: one line for each wrong setting, and what to do."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from wangge.project.environment import Environment

KEY_LEAST_LENGTH = 50
KEY_LEAST_DIFFERENT = 10
HOTLINE_SECRET_LEAST_LENGTH = 32


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
