"""Why somebody does not come in."""

from django.utils.translation import gettext_lazy as _

from config.errors import DomainError


class SeatsTaken(DomainError):
    """As many are in as were bought (S8.5, S12.2)."""

    code = "seats_taken"
    rule = "S12.2"
    sentence = _(
        "All %(users)s users of %(product)s are in. %(idle)s has done nothing for %(minutes)s minutes, the longest."
    )
    hint = _("Wait for your turn, ask somebody to leave, or ask an administrator to log somebody off or to buy more.")


class OthersFirst(DomainError):
    """A seat is free, for somebody who has waited longer."""

    code = "others_first"
    rule = "S12.2"
    sentence = _("%(ahead)s others have waited longer for %(product)s, and %(free)s seats are free.")
    hint = _("Wait for your turn: you keep your place as long as the client asks for it.")


class NotAdded(DomainError):
    """Nobody enters a set to which no administrator added him (S2.10, S19.5)."""

    code = "not_in_set"
    rule = "S19.5"
    status = 403
    sentence = _("You have not been added to this account set, or no longer.")
    hint = _("Ask an administrator of the company to add you to an account set first.")


class SetNotReady(DomainError):
    """It is being made, restored, or did not come about."""

    code = "set_not_ready"
    sentence = _("The account set “%(set)s” cannot be entered now: it is “%(state)s”.")
