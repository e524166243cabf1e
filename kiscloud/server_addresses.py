"""Addresses of private servers: a name or an IP address, and a port."""

import ipaddress
import re

from django.utils.translation import gettext_lazy as _

from config.errors import InputError

_NAME = re.compile(r"(?=.{1,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_WITH_PORT = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<host>[^\[\]:]+))(?::(?P<port>[0-9]{1,5}))?")
PORTS = 65_535


def clean_endpoint(typed: str) -> str:
    """`host`, `host:port`, `[IPv6]:port`, in small letters. Raises InputError: clients connect to what stands there."""
    found = _WITH_PORT.fullmatch(typed.strip().lower())
    if found is None or not 0 < int(found["port"] or 1) <= PORTS or not _is_host(found["six"], found["host"]):
        raise InputError("endpoint", _("Write a name or an IP address, with a port if it has one: 203.0.113.7:8080"))
    return typed.strip().lower()


def _is_host(six: str | None, host: str | None) -> bool:
    try:
        if six is not None:
            return ipaddress.ip_address(six).version == 6
        ipaddress.ip_address(host or "")
    except ValueError:
        labels = (host or "").split(".")
        return six is None and _NAME.fullmatch(host or "") is not None and not labels[-1].isdecimal()
    return True
