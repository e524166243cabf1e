"""The contract of a text-message provider: what it is given and what it answers. `SMS_BACKEND` names the class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SmsResult:
    """What became of one text: `category` groups the provider's codes, `retryable` says whether to try again."""

    accepted: bool
    provider_id: str = ""
    code: str = ""
    category: str = ""
    retryable: bool = False
    message: str = ""


class SmsBackend(Protocol):
    """Sends one text and says what became of it; raises only for what nobody foresaw."""

    def send(self, *, mobile: str, template: str, params: Mapping[str, str], text: str, out_id: str) -> SmsResult:
        """`template` and `params` are for providers with approved templates, `text` is the same as people read it.

        `out_id` is ours, so that a text can be recognised in the provider's reports.
        """
        ...
