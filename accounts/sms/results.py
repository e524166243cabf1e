"""What the providers share: categories of answers, options, and messages that give nobody away."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.mobile import mask_mobile
from config.sms import SmsResult

logger = logging.getLogger(__name__)

MESSAGE_LENGTH_MAX: Final = 200


class Category(StrEnum):
    """What a provider's answer means to us."""

    OK = "ok"
    RATE_LIMITED = "rate_limited"
    INVALID_NUMBER = "invalid_number"
    TEMPLATE_OR_SIGNATURE = "template_or_signature"
    CONTENT_BLOCKED = "content_blocked"
    NO_BALANCE = "no_balance"
    AUTH = "auth"
    BLACKLIST = "blacklist"
    TRANSIENT = "transient"
    UNKNOWN_OUTCOME = "unknown_outcome"  # it may have arrived: never sent again by itself


RETRYABLE: Final = frozenset({Category.RATE_LIMITED, Category.TRANSIENT})
FOR_THE_OPERATOR: Final = frozenset({Category.TEMPLATE_OR_SIGNATURE, Category.NO_BALANCE, Category.AUTH})


def category_of(code: str, exact: Mapping[str, Category], starts: Iterable[tuple[str, Category]]) -> Category:
    """What the code means. One that nobody told us about is a matter for the operator, never for a retry."""
    if code in exact:
        return exact[code]
    return next((category for start, category in starts if code.startswith(start)), Category.TEMPLATE_OR_SIGNATURE)


@dataclass(frozen=True, slots=True)
class Shipment:
    """One text on its way, and how its results are told without its number and content."""

    mobile: str
    template: str
    params: Mapping[str, str]
    out_id: str

    def result(self, category: Category, *, code: str = "", message: str = "", provider_id: str = "") -> SmsResult:
        """The result, logged where it is not plain success."""
        told = self._without_secrets(message)
        if category is not Category.OK:
            level = logging.ERROR if category in FOR_THE_OPERATOR else logging.WARNING
            logger.log(
                level,
                "text %s (%s): %s, provider's code %s",
                self.out_id,
                self.template,
                category.value,
                code or "none",
            )
        return SmsResult(
            accepted=category is Category.OK,
            provider_id=provider_id,
            code=code,
            category=category.value,
            retryable=category in RETRYABLE,
            message=told,
        )

    def _without_secrets(self, message: str) -> str:
        for value in sorted(self.params.values(), key=len, reverse=True):
            if len(value) > 1:
                message = message.replace(value, "***")
        return message.replace(self.mobile, mask_mobile(self.mobile))[:MESSAGE_LENGTH_MAX]


@dataclass(frozen=True, slots=True)
class Options:
    """The provider's settings: `SMS_ACCESS_KEY_ID` in the environment is `access_key_id` here."""

    values: Mapping[str, str] = field(default_factory=lambda: settings.SMS_OPTIONS, repr=False)

    def text(self, name: str, default: str = "") -> str:
        """The value, or the default; without either the setting is missing."""
        value = self.values.get(name, "").strip() or default
        if not value:
            raise ImproperlyConfigured(f"SMS_{name.upper()} must be set for this SMS_BACKEND")
        return value

    def seconds(self, name: str, default: float) -> float:
        """A positive number of seconds."""
        value = self.values.get(name, "").strip()
        try:
            seconds = float(value) if value else default
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= 60:
            raise ImproperlyConfigured(f"SMS_{name.upper()} must be a number of seconds up to 60, not {value!r}")
        return seconds

    def template_id(self, key: str) -> str:
        """The provider's id of our template, or nothing."""
        return self.values.get(f"template_{key}", "").strip()
