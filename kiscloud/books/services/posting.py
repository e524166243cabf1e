"""Auditing and posting: somebody else than the maker finds vouchers right, then they are in the books for good.

Books may do without audits (`Books.audit_first`), as whoever keeps them alone must.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import DomainError, NotAllowed
from config.transactions import atomic
from kiscloud.books.gaps import gaps_of
from kiscloud.books.models import Voucher
from kiscloud.books.months import worded
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place, locked_place, note
from kiscloud.books.services.vouchers import locked_voucher
from kiscloud.models import AccountSet

State = Voucher.State


class OwnVoucher(NotAllowed):
    """Whoever made a voucher does not audit it."""

    code = "own_voucher"
    sentence = _("You made voucher %(voucher)s yourself; somebody else must audit it.")
    hint = _(
        "Ask a colleague who may audit. Where one person keeps the books, an administrator of the account set can "
        "switch off audits on the page “Parameters”."
    )


class NotOpened(DomainError):
    """Opening balances come first."""

    code = "books_not_opened"
    sentence = _("The opening balances are not finished, so nothing can be posted yet.")
    hint = _("Finish the opening balances first.")


class NumbersHaveGaps(DomainError):
    """Posted vouchers are never renumbered, so gaps are closed before."""

    code = "numbers_have_gaps"
    sentence = _("The numbers have gaps: %(gaps)s is missing.")
    hint = _("Close the gaps on the page “Closing a period” first.")


class NotPostable(DomainError):
    """Not at that step, or of another period."""

    code = "voucher_not_postable"
    sentence = _("Voucher %(voucher)s of %(month)s is “%(state)s”, so it cannot be posted in %(now)s.")
    hint = _("Only the current period is posted; vouchers are audited first where the books want it.")


@dataclass(frozen=True, slots=True)
class Done:
    """How many were done, and how many were left because the person made them or they are not at that step."""

    done: int
    left: int


@atomic
def audit_voucher(*, actor: Actor, account_set: AccountSet, voucher_id: int, now: datetime | None = None) -> Voucher:
    """Somebody else than the maker found it right; it can be posted. Locks the books.

    Raises NotFound, NotGranted, OwnVoucher, MoveRefused.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.AUDIT)
    voucher = locked_voucher(account_set=account_set, voucher_id=voucher_id)
    if voucher.maker_id == place.user.pk:
        raise OwnVoucher(voucher=str(voucher))
    voucher.audit(by=place.user)
    voucher.save(update_fields=["state", "auditor"])
    note(what="book_voucher.audited", actor=actor, account_set=account_set, at=now, count=1)
    return voucher


@atomic
def audit_vouchers(
    *, actor: Actor, account_set: AccountSet, voucher_ids: Collection[int], now: datetime | None = None
) -> Done:
    """The same for many at once; those that the person made, or that wait for something else, are left.

    Locks the books. Raises NotFound, NotGranted.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.AUDIT)
    rows = Voucher.objects.of(account_set).filter(pk__in=voucher_ids, state=State.SAVED).exclude(maker=place.user)
    done = rows.update(state=State.AUDITED, auditor=place.user)
    if done:
        note(what="book_voucher.audited", actor=actor, account_set=account_set, at=now, count=done)
    return Done(done, len(set(voucher_ids)) - done)


@atomic
def unaudit_voucher(*, actor: Actor, account_set: AccountSet, voucher_id: int, now: datetime | None = None) -> Voucher:
    """It can be changed again; the same auditor or an administrator takes the audit back. Locks the books.

    Raises NotFound, NotGranted, NotAllowed, MoveRefused.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.AUDIT)
    voucher = locked_voucher(account_set=account_set, voucher_id=voucher_id)
    if voucher.state == State.AUDITED and voucher.auditor_id != place.user.pk and not place.is_admin:
        raise NotAllowed(_("Only the auditor or an administrator of the account set takes an audit back."))
    voucher.unaudit()
    voucher.save(update_fields=["state", "auditor"])
    note(what="book_voucher.unaudited", actor=actor, account_set=account_set, at=now, voucher=str(voucher))
    return voucher


@atomic
def post_vouchers(
    *,
    actor: Actor,
    account_set: AccountSet,
    voucher_ids: Collection[int] | None = None,
    now: datetime | None = None,
) -> Done:
    """These vouchers of the current period, or all that can be, are in the books for good, by one statement.

    They are audited, or saved where the books do without audits. The same statement moves the balances. Locks the
    books. Raises NotFound, NotGranted, NotOpened, NumbersHaveGaps.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.POST)
    if not place.books.is_open:
        raise NotOpened()
    rows = Voucher.objects.of(account_set).filter(month=place.books.month, state__in=place.books.postable)
    if voucher_ids is not None:
        rows = rows.filter(pk__in=voucher_ids)
    _refuse_gaps(place, list(rows.values_list("word", "number")))
    done = rows.update(state=State.POSTED, poster=place.user, posted_at=now or timezone.now())
    if done:
        month = worded(place.books.month)
        note(what="books.posted", actor=actor, account_set=account_set, at=now, count=done, month=month)
    return Done(done, len(set(voucher_ids)) - done if voucher_ids is not None else 0)


@atomic
def post_voucher(*, actor: Actor, account_set: AccountSet, voucher_id: int, now: datetime | None = None) -> Voucher:
    """This one is in the books for good. Locks the books. Raises NotPostable and what `post_vouchers` raises."""
    place = locked_place(actor=actor, account_set=account_set, right=Right.POST)
    voucher = locked_voucher(account_set=account_set, voucher_id=voucher_id)
    done = post_vouchers(actor=actor, account_set=account_set, voucher_ids=[voucher_id], now=now)
    if not done.done:
        raise NotPostable(
            voucher=str(voucher),
            month=worded(voucher.month),
            state=place.books.stage(voucher.state),
            now=worded(place.books.month),
        )
    return voucher


def _refuse_gaps(place: Place, posted: list[tuple[str, int | None]]) -> None:
    """No number below one that is posted may be missing: it could never be filled."""
    last = {word: max(number or 0 for other, number in posted if other == word) for word, _number in posted}
    gaps = gaps_of(place.account_set, place.books.month)
    early = [f"{word}-{first}" for word, first, _until in gaps if first < last.get(word, 0)]
    if early:
        raise NumbersHaveGaps(gaps=", ".join(early[:5]))
