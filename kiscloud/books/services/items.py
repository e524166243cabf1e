"""Items by which subjects are broken down (核算项目): added, renamed, disabled."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.names import clean_name
from config.errors import InputError, NotFound
from config.transactions import atomic
from kiscloud.books import policy
from kiscloud.books.models import Item, ItemKind
from kiscloud.books.rights import Right
from kiscloud.books.services.people import locked_place, note
from kiscloud.models import AccountSet

CODE_LENGTH = 20


@atomic
def add_item(
    *, actor: Actor, account_set: AccountSet, kind: str, code: str, name: str, now: datetime | None = None
) -> Item:
    """A new item of the kind. Locks the books. Raises InputError, NotFound, NotGranted."""
    locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    if kind not in ItemKind.values:
        raise InputError("kind", _("Choose a kind."))
    shown = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    if not (code.isascii() and code.replace("-", "").isalnum() and len(code) <= CODE_LENGTH):
        raise InputError("code", _("A code has letters, digits and dashes, at most %(most)s."), most=CODE_LENGTH)
    found = Item.objects.filter(account_set=account_set, kind=kind)
    if found.filter(code=code).exists():
        raise InputError("code", _("There is an item with this code."))
    if found.count() >= policy.ITEMS_MAX:
        raise InputError("code", _("A set has at most %(most)s items of a kind."), most=policy.ITEMS_MAX)
    made = Item.objects.create(account_set=account_set, kind=kind, code=code, name=shown)
    note(what="books.item_added", actor=actor, account_set=account_set, at=now, chosen=str(made))
    return made


@atomic
def change_item(
    *,
    actor: Actor,
    account_set: AccountSet,
    item_id: int,
    name: str,
    disabled: bool = False,
    now: datetime | None = None,
) -> Item:
    """It has this name, in what was written too, and nothing new names it while it is disabled. Locks the books.

    Raises InputError, NotFound, NotGranted.
    """
    locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    item = Item.objects.select_for_update().filter(account_set=account_set, pk=item_id).first()
    if item is None:
        raise NotFound()
    item.name = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    item.disabled = disabled
    item.save(update_fields=["name", "disabled"])
    note(what="books.item_changed", actor=actor, account_set=account_set, at=now, chosen=str(item))
    return item
