"""Text messages: one way in, `send`, whichever provider `SMS_BACKEND` names.

Every provider sends approved templates only, so a text is a template key with parameters (`accounts.sms.templates`).
"""

from collections.abc import Mapping

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.sms.templates import TEMPLATES
from config.sms import SmsBackend, SmsResult

__all__ = ["backend", "send"]


def backend() -> SmsBackend:
    """The configured provider; stops with `ImproperlyConfigured` where one of its settings is missing."""
    made: SmsBackend = import_string(settings.SMS_BACKEND)()
    return made


def send(*, mobile: str, template: str, params: Mapping[str, str], out_id: str) -> SmsResult:
    """One text has been handed to the provider, or the result says why not. Nothing is sent twice from here."""
    wording = TEMPLATES[template]
    return backend().send(
        mobile=mobile, template=template, params=wording.filled(params), text=wording.text(params), out_id=out_id
    )
