"""A number that this browser is proving: for registering, for a forgotten password, for a new number.

Kept in the session, so that knowing a number is not enough to go on where its owner has typed the code.
"""

from collections.abc import MutableMapping
from typing import Any

from django.http import HttpRequest

from accounts import limits
from accounts.models import OneTimeCode, User
from accounts.services.codes import CodeTooSoon, Sending, confirm_code, send_code, sending_of
from config.web import client_address


class NumberProof:
    """One purpose's state in the session: which number, whether its code was typed rightly, and what else to keep."""

    def __init__(self, request: HttpRequest, purpose: str, *, binding: str = "", user: User | None = None) -> None:
        self.request, self.purpose, self.binding, self.user = request, str(purpose), binding, user
        self.key = f"proof.{self.purpose}"

    @property
    def mobile(self) -> str:
        """The number being proved; empty before the first step."""
        return str(self._state.get("mobile", ""))

    @property
    def passed(self) -> bool:
        """The code has been typed rightly in this browser."""
        return bool(self._state.get("passed"))

    @property
    def kept(self) -> dict[str, str]:
        """What was put aside on the way."""
        return dict(self._state.get("kept", {}))

    @property
    def sending(self) -> Sending:
        """Whether a code is waiting to be typed, and when the next may be sent."""
        return sending_of(purpose=self.purpose, mobile=self.mobile, binding=self.binding)

    def begin(self, mobile: str) -> None:
        """A code is on its way to the number. Whoever stepped back within the minute goes on with the first one."""
        known = mobile == self.mobile
        try:
            self._send(mobile)
        except CodeTooSoon:
            if not known:
                raise
        self._write(mobile=mobile, passed=False)

    def send_again(self) -> None:
        """Another code for the same number. Raises what `send_code` raises."""
        self._send(self.mobile)
        self._write(passed=False)

    def confirm(self, code: str) -> None:
        """The number is proved, or InputError says what is wrong with the code."""
        confirm_code(purpose=self.purpose, mobile=self.mobile, code=code, binding=self.binding)
        self._write(passed=True)

    def start_over(self) -> None:
        """The code is used up or too old: the number has to be proved again; what was put aside stays."""
        self._write(passed=False)

    def keep(self, **texts: str) -> None:
        """Puts texts aside until the end."""
        self._write(kept={**self.kept, **texts})

    def forget(self) -> None:
        """Nothing of it is left in this browser."""
        self.request.session.pop(self.key, None)

    def _send(self, mobile: str) -> None:
        limits.codes(client_address(self.request))
        send_code(purpose=self.purpose, mobile=mobile, binding=self.binding, user=self.user)

    @property
    def _state(self) -> MutableMapping[str, Any]:
        state: MutableMapping[str, Any] = self.request.session.get(self.key) or {}
        return state

    def _write(self, **changes: Any) -> None:
        self.request.session[self.key] = {**self._state, **changes}


def registering(request: HttpRequest) -> NumberProof:
    """A new person's number."""
    return NumberProof(request, OneTimeCode.Purpose.REGISTER)


def resetting(request: HttpRequest) -> NumberProof:
    """The number of somebody without a password."""
    return NumberProof(request, OneTimeCode.Purpose.RESET_PASSWORD)


def changing(request: HttpRequest, user: User) -> NumberProof:
    """A known person's new number."""
    return NumberProof(request, OneTimeCode.Purpose.CHANGE_CONTACT, binding=f"user:{user.pk}", user=user)
