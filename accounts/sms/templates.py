"""Every text that the system sends: its key, its parameters in order, and how it reads.

With a provider the wording is approved beforehand under the provider's own template id, which the environment gives as
`SMS_TEMPLATE_<KEY>`; the wording here is what development shows and what to hand in for approval. Alibaba refuses an
address as a parameter, so the template holds `https://<host>/` and only the path behind it is a parameter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import policy

VALUE_LENGTH_MAX: Final = 35  # what the providers take for one parameter
SHORTENED: Final = frozenset({"inviter", "manager", "name"})  # shown only; a code or a path is never cut


@dataclass(frozen=True, slots=True)
class Template:
    """One text. `parameters` stand in the order in which a positional provider numbers them."""

    key: str
    parameters: tuple[str, ...]
    wording: str | Promise

    def filled(self, params: Mapping[str, str]) -> dict[str, str]:
        """Exactly this template's parameters, in order, as a provider takes them."""
        if set(params) != set(self.parameters):
            raise ValueError(f"text “{self.key}” takes {self.parameters}, not {tuple(params)}")
        return {name: _fitting(name, str(params[name])) for name in self.parameters}

    def text(self, params: Mapping[str, str]) -> str:
        """The whole text as people read it."""
        filled = self.filled(params)
        return str(self.wording) % {
            **filled,
            "site": settings.SITE_NAME,
            "minutes": int(policy.CODE_LIFE.total_seconds() // 60),
            "hours": int(policy.INVITATION_LIFE.total_seconds() // 3600),
            "link": f"{settings.SITE_URL}/{filled.get('path', '')}",
        }


TEMPLATES: Final = {
    template.key: template
    for template in (
        Template(
            "code",
            ("code",),
            _("[%(site)s] Your code is %(code)s. It is valid for %(minutes)s minutes; tell it to nobody."),
        ),
        Template(
            "invitation",
            ("inviter", "path"),
            _("[%(site)s] %(inviter)s invites you to link accounts. Read and answer within %(hours)s hours: %(link)s"),
        ),
        Template(
            "permission_change",
            ("inviter", "path"),
            _("[%(site)s] %(inviter)s asks to change permissions. Read and answer within %(hours)s hours: %(link)s"),
        ),
        Template(
            "dissolved",
            ("manager",),
            _("[%(site)s] %(manager)s has ended the link with your account; its permissions have ended. %(link)s"),
        ),
        Template(
            "member_registered",
            ("manager",),
            _("[%(site)s] %(manager)s has created an account for you. Log in with this number: %(link)s"),
        ),
        Template(
            "operator_added",
            ("name",),
            _(
                "[%(site)s] You are now an operator of %(name)s. Log in with this number; if you have no password "
                "yet, choose “Forgot password”: %(link)s"
            ),
        ),
        Template(
            "balance_low",
            ("name", "amount"),
            _("[%(site)s] %(name)s has only %(amount)s yuan left. See how long it lasts, or top up: %(link)s"),
        ),
        Template(
            "services_will_stop",
            ("name", "time"),
            _("[%(site)s] Bills of %(name)s are unpaid. Services stop at %(time)s unless you top up: %(link)s"),
        ),
        Template(
            "services_stopped",
            ("name",),
            _("[%(site)s] Services of %(name)s have stopped: bills are unpaid. They run again once paid: %(link)s"),
        ),
    )
}


def _fitting(name: str, value: str) -> str:
    if name == "path":
        return value.lstrip("/")
    if name in SHORTENED and len(value) > VALUE_LENGTH_MAX:
        return value[: VALUE_LENGTH_MAX - 1] + "…"
    return value
