"""Looking up companies by name, so that nobody has to type a credit code (S5.5, S5.6).

`REGISTRY_BACKEND` names the source: `SampleRegistry` works offline on invented companies, `HttpRegistry` asks a service
that speaks the contract in its docstring. A look-up only helps to fill a form; a reviewer decides.
"""

import difflib
import json
import logging
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts import outgoing
from accounts.credit_code import CreditCodeError, normalise, parse
from accounts.names import NameFaultError, clean_name, name_key
from config.errors import DomainError

logger = logging.getLogger(__name__)

RESULTS_MAX: Final = 8
TEXT_LENGTHS: Final = (2, 60)  # one character would match half the country
ADDRESS_LENGTH: Final = 200
SIMILAR_ENOUGH: Final = 0.5
SAMPLE: Final = Path(__file__).parent / "data" / "registry.json"
# What nearly every name ends with says nothing about which company is meant.
COMMON_ENDINGS: Final = ("股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "公司", "集团")


class RegistryUnavailable(DomainError):
    """The service did not answer; a person can always type name and code."""

    code = "registry_unavailable"
    status = 503
    sentence = _("The company register cannot be reached now. Please type the name and the credit code yourself.")


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """One company as the register knows it. The credit code is valid and in the stored form."""

    name: str
    credit_code: str
    legal_representative: str = ""
    registered_address: str = ""
    status: str = "active"  # or "deregistered"

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "RegistryEntry":
        """The entry in clean form; raises what the pure rules raise where it is none."""
        person, address = facts.get("legal_representative"), facts.get("registered_address")
        return cls(
            name=clean_name(_text(facts.get("name")), max_length=120),
            credit_code=parse(_text(facts.get("credit_code"))).code,
            legal_representative=clean_name(_text(person)) if person else "",
            registered_address=clean_name(_text(address), max_length=ADDRESS_LENGTH) if address else "",
            status="deregistered" if facts.get("status") == "deregistered" else "active",
        )


class Registry(Protocol):
    """A source of companies."""

    def search(self, text: str) -> list[RegistryEntry]:
        """At most eight companies whose name or code the text may mean, the likeliest first."""
        ...


def registry() -> Registry:
    """The configured source; stops with `ImproperlyConfigured` where one of its settings is missing."""
    made: Registry = import_string(settings.REGISTRY_BACKEND)()
    return made


class SampleRegistry:
    """`REGISTRY_BACKEND=accounts.registry.SampleRegistry`: invented companies with valid codes, for development."""

    def search(self, text: str) -> list[RegistryEntry]:
        """Whole names first, then beginnings, then parts, then similar names (one wrong character, two exchanged)."""
        if not searchable(text):
            return []
        scored = ((_likeness(text, entry), entry) for entry in _sample())
        found = [(score, entry) for score, entry in scored if score > 0]
        return [entry for _score, entry in sorted(found, key=lambda pair: (-pair[0], pair[1].name))][:RESULTS_MAX]


class HttpRegistry:
    """`REGISTRY_BACKEND=accounts.registry.HttpRegistry`: any service behind this small contract.

    Settings: `REGISTRY_ENDPOINT` (https://host/path), `REGISTRY_API_KEY`, and where wanted `REGISTRY_TIMEOUT`.
    Asked: `GET <endpoint>/companies?q=<text>&limit=8` with the header `X-Api-Key`.
    Answered: 200 and `{"companies": […]}`, the likeliest first, each with `name`, `credit_code` and where known
    `legal_representative`, `registered_address`, `status` (active or deregistered). All else counts as unavailable.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        given = settings.REGISTRY_OPTIONS if values is None else values
        self.endpoint, self._key = (_setting(given, name).rstrip("/") for name in ("endpoint", "api_key"))
        self.seconds = _seconds(given.get("timeout", ""))

    def search(self, text: str) -> list[RegistryEntry]:
        """What the service found, without entries that do not hold together. Raises `RegistryUnavailable`."""
        if not searchable(text):
            return []
        wanted = quote(unicodedata.normalize("NFKC", text).strip(), safe="")
        try:
            answer = outgoing.call(
                "GET",
                f"{self.endpoint}/companies?q={wanted}&limit={RESULTS_MAX}",
                headers={"x-api-key": self._key},
                seconds=self.seconds,
            )
            listed = answer.document().get("companies") if answer.status == 200 else None
        except outgoing.OutgoingError as error:
            logger.warning("company register: %s", error)
            raise RegistryUnavailable from error
        if not isinstance(listed, list):
            logger.warning("company register: answer %s without companies", answer.status)
            raise RegistryUnavailable
        return _readable(listed)[:RESULTS_MAX]


def searchable(text: str) -> bool:
    """Whether the text is long enough to mean a company, and short enough to be worth asking."""
    shortest, longest = TEXT_LENGTHS
    return len(text) <= 2 * longest and shortest <= len(name_key(text)) <= longest


def _readable(listed: Iterable[object]) -> list[RegistryEntry]:
    entries = []
    for facts in listed:
        try:
            entries.append(RegistryEntry.read(facts if isinstance(facts, Mapping) else {}))
        except (CreditCodeError, NameFaultError) as error:
            logger.warning("company register: an entry was left out (%s)", error.code)
    return entries


def _likeness(text: str, entry: RegistryEntry) -> float:
    """How likely the text means this company: 0 for not at all."""
    wanted, name = name_key(text), name_key(entry.name)
    if wanted == name or normalise(text) == entry.credit_code:
        return 4
    if len(wanted) >= 6 and entry.credit_code.startswith(normalise(text)):
        return 3.5
    if wanted in name:
        return 3 if name.startswith(wanted) else 2
    ratio = difflib.SequenceMatcher(None, _core(wanted), _core(name), autojunk=False).ratio()
    return ratio if ratio >= SIMILAR_ENOUGH else 0


def _core(name: str) -> str:
    """The name without the ending that it shares with thousands, unless nothing else is left."""
    return next((name[: -len(ending)] for ending in COMMON_ENDINGS if name.endswith(ending)), name) or name


@cache
def _sample() -> tuple[RegistryEntry, ...]:
    listed = json.loads(SAMPLE.read_text(encoding="utf-8"))["companies"]
    return tuple(RegistryEntry.read(facts) for facts in listed)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _setting(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"REGISTRY_{name.upper()} must be set for HttpRegistry")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value) if value.strip() else 5.0
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 30:
        raise ImproperlyConfigured(f"REGISTRY_TIMEOUT must be a number of seconds up to 30, not {value!r}")
    return seconds
