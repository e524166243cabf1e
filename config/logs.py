"""Structured logs: one line per record, the request's id on each, and nothing secret in any of them.

Both formatters clean the finished line, so that a secret is caught wherever it stood: in the message, in an
argument, in a traceback or in the path of a short link.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

# The id of the request (or job) now being worked on; empty outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")

HIDDEN = "***"
_NAMES = (
    r"pass(?:word|wd|phrase)?|secret|token|api_?key|access_?key\w*|private_?key|authorization|cookie|sessionid|csrf\w*"
)
_SECRET_NAME = re.compile(rf"(?i)\b\w*(?:{_NAMES})\w*\b|^(?:otp|code|pin|key)$")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id", "request", "taskName"}

# Order matters: whole headers and URLs first, then named values, then what gives itself away by its shape.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)\b((?:set-)?cookie:\s*)[^\r\n]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?<=://)([^/\s:@]+):([^/\s@]+)@"), rf"\1:{HIDDEN}@"),
    (
        re.compile(rf"(?i)(\w*(?:{_NAMES})\w*[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&}})\]]+)"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b((?:otp|code|pin|captcha)[\"']?\s*[=:]\s*[\"']?)\d{4,8}\b"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)(?<![\w.])((?:/|%2f)[si](?:/|%2f))[^/%\s\"'?&]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)((?:/|%2f)activate(?:/|%2f))[^/%\s\"'?&]+"), rf"\1{HIDDEN}"),
    (
        re.compile(
            r"(?:(?<=/)|(?<=%2F)|(?<=%2f))(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{20,}(?=[/%&\s\"'?]|$)"
        ),
        HIDDEN,
    ),
    (re.compile(r"(?<!\d)((?:86)?1[3-9]\d)\d{4}(\d{4})(?!\d)"), r"\1****\2"),
)


def redact(text: str) -> str:
    """The text without passwords, codes, tokens, keys, short-link tokens and full mobile numbers."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def _clean(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))


class RequestFilter(logging.Filter):
    """Puts the id of the current request on every record; never drops one."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs a refused request when it has left the middleware; the record then still carries the request.
        of_request = getattr(getattr(record, "request", None), "reference", "")
        record.request_id = request_id.get() or of_request or "-"
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line, for machines; whatever was given as `extra` becomes a key."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": redact(record.getMessage()),
        }
        line |= {name: _clean(name, value) for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class LineFormatter(logging.Formatter):
    """One readable line, for the terminal of a developer."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name} [{request_id}] {message}", "%H:%M:%S", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = getattr(record, "request_id", "-")
        line = super().format(record)
        extra = {name: _clean(name, value) for name, value in vars(record).items() if name not in _STANDARD}
        extra.pop("server_time", None)
        facts = " ".join(f"{name}={value}" for name, value in extra.items() if name != "status_code")
        return redact(line) + (f"  {facts}" if facts else "")
