"""Typed reading of the environment. A missing or malformed value stops the start with a sentence, never later."""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# No statement and no lock may hold a page for ever; a long job raises its own limit.
SERVER_LIMITS = "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"

_env = environ.Env()
if (BASE_DIR / ".env").is_file():
    _env.read_env(BASE_DIR / ".env")


def text(name: str, default: str = "") -> str:
    """The variable as text, or the default."""
    return str(_env.str(name, default=default)).strip()


def flag(name: str, *, default: bool) -> bool:
    """`True` or `False`; anything else stops the start."""
    value = text(name)
    if value.lower() in {"true", "1", "yes"}:
        return True
    if value.lower() in {"false", "0", "no"}:
        return False
    if value == "":
        return default
    raise ImproperlyConfigured(f"{name} must be True or False, not {value!r}")


def number(name: str, default: int) -> int:
    """A whole number; anything else stops the start."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from error


def words(name: str, default: str = "") -> list[str]:
    """A comma separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def ordering(name: str, default: str) -> list[str]:
    """The words of the default in another order; those that are left out come last. Another word stops the start."""
    known, given = default.split(","), words(name, default)
    if strange := [word for word in given if word not in known]:
        raise ImproperlyConfigured(f"{name} may name {', '.join(known)}, not {strange[0]!r}")
    return [*dict.fromkeys(given + known)]


def secret(name: str, *, development: bool, file: Path) -> str:
    """A secret from the environment; in development one is made once and kept in a file only its owner can read."""
    if value := text(name):
        return value
    if not development:
        raise ImproperlyConfigured(f"{name} must be set when DEBUG is off")
    return _kept_secret(file)


def _kept_secret(file: Path) -> str:
    if not file.is_file():
        _make_secret(file)
    return file.read_text().strip()


def _make_secret(file: Path) -> None:
    """Written whole under another name first, so that two processes starting together agree on one secret."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(50))
    try:
        os.link(fresh, file)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def prefixed(prefix: str) -> dict[str, str]:
    """Every variable that starts with the prefix, keyed by the rest in lower case: `SMS_ACCESS_KEY` → `access_key`."""
    return {key.removeprefix(prefix).lower(): value for key, value in os.environ.items() if key.startswith(prefix)}


def database(url: str, *, var: Path) -> dict[str, Any]:
    """Django's database entry for a `postgresql://` URL, or for the embedded server where the URL is empty."""
    if not url:
        return {"ENGINE": "config.postgres", "NAME": "tongzhang", "VAR": var, "OPTIONS": {"options": SERVER_LIMITS}}
    parsed: dict[str, Any] = environ.Env.db_url_config(url)
    if parsed.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    parsed.setdefault("OPTIONS", {}).setdefault("options", SERVER_LIMITS)
    return parsed


def file_storage() -> dict[str, Any]:
    """Django's entry for the storage of files: the bucket that `S3_…` describes, or the disk where nothing does.

    A bucket that is described by half stops the start, lest files lie where nobody looks for them.
    """
    said = {name: text(f"S3_{name.upper()}") for name in ("bucket", "endpoint", "region", "access_key", "secret_key")}
    addressing = text("S3_ADDRESSING", "auto")
    if fault := _storage_fault(said, addressing):
        raise ImproperlyConfigured(fault)
    if not said["bucket"]:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = {
        "bucket_name": said["bucket"],
        "endpoint_url": said["endpoint"] or None,
        "region_name": said["region"] or None,
        "access_key": said["access_key"] or None,
        "secret_key": said["secret_key"] or None,
        "addressing_style": addressing,
    }
    return {"BACKEND": "config.file_storage.S3Files", "OPTIONS": options}


def _storage_fault(said: dict[str, str], addressing: str) -> str:
    """What is wrong with the description of the bucket; empty where nothing is."""
    given = [f"S3_{name.upper()}" for name, value in said.items() if value]
    if given and not said["bucket"]:
        return f"S3_BUCKET must be set, since {', '.join(given)} is: without it files would be kept on this disk"
    if bool(said["access_key"]) != bool(said["secret_key"]):
        return "S3_ACCESS_KEY and S3_SECRET_KEY belong together: set both, or neither"
    if said["endpoint"] and not said["access_key"]:
        return "S3_ACCESS_KEY and S3_SECRET_KEY must be set for the bucket at S3_ENDPOINT"
    if said["endpoint"] and not said["endpoint"].startswith(("https://", "http://")):
        return f"S3_ENDPOINT must begin with https:// or http://, not {said['endpoint']!r}"
    if addressing not in {"auto", "path", "virtual"}:
        return f"S3_ADDRESSING must be auto, path or virtual, not {addressing!r}"
    return ""
