"""The ledger, to look at: from a book to its entries, to the transfer of each, and to all that moved with it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin
from accounts.admin.panels import History, Panel, at, link, table, when
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, number_in, owner, yuan
from finance.models import Allotment, Book, Entry, TopUp, Transfer, Withdrawal
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import ZERO

SOME = 51  # one more than a panel shows


@admin.register(Book)
class BookAdmin(StaffAdmin):
    """One balance each, with its latest entries."""

    paginator = BoundedPaginator
    list_display = [
        "shown_name",
        "shown_owner",
        yuan("balance", _("balance")),
        yuan("floor", _("lowest balance")),
        "version",
        at("created_at", _("opened")),
    ]
    list_filter = ["kind"]
    list_select_related = ["account", "source"]
    search_fields = ["account__name", "=account__number"]
    search_help_text = _("Name or number of the account")
    ordering = ["-id"]
    fields: ClassVar[Any] = [
        "kind",
        "shown_owner",
        "shown_source",
        "stripe",
        yuan("balance", _("balance")),
        yuan("floor", _("lowest balance")),
        "version",
        "shown_head",
        "created_at",
    ]
    readonly_fields = ["shown_owner", "shown_source", "shown_head", fields[4], fields[5]]

    def title(self, row: Book) -> str:
        """Whose, of what."""
        return f"{row.account or _now('The platform')} · {BookKind(row.kind).label}"

    @admin.display(description=_("book"), ordering="id")
    def shown_name(self, row: Book) -> str:
        """What it holds, and its number."""
        return f"{BookKind(row.kind).label} #{row.pk}"

    @admin.display(description=_("account"))
    def shown_owner(self, row: Book) -> SafeString | str:
        """Its page."""
        return owner(row.account)

    @admin.display(description=_("received from"))
    def shown_source(self, row: Book) -> SafeString | str:
        """The manager's page."""
        return link(row.source)

    @admin.display(description=_("head of the chain"))
    def shown_head(self, row: Book) -> str:
        """As figures and letters."""
        return bytes(row.head).hex() or "—"

    def panels(self, request: HttpRequest, row: Book) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its entries, newest first."""
        entries = Entry.objects.filter(book=row).select_related("transfer").order_by("-sequence")[:SOME]
        columns = [_("number in the book"), _("transfer"), _("time"), _("amount"), _("balance after")]
        rows = [
            [
                link(entry, entry.sequence),
                _transfer(entry.transfer),
                when(entry.transfer.at),
                money(entry.amount),
                money(entry.balance_after),
            ]
            for entry in entries
        ]
        every = format_html(
            '<a href="{}?book__id__exact={}">{}</a>',
            reverse("admin:finance_entry_changelist"),
            row.pk,
            _("All entries of this book"),
        )
        return [table(_("Entries"), columns, rows, note=every)]


@admin.register(Transfer)
class TransferAdmin(StaffAdmin):
    """What was posted together."""

    paginator = BoundedPaginator
    list_display = ["shown_name", at("at", _("time")), "key"]
    list_filter = ["kind"]
    search_fields = ["key"]
    search_help_text = _("Number of the transfer, or the whole idempotency key")
    ordering = ["-id"]
    fields = ["kind", "at", "key", "shown_digest", "facts"]
    readonly_fields = ["shown_digest"]

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """By what is indexed: there are millions."""
        if not search_term:
            return queryset, False
        number = number_in(search_term)
        return queryset.filter(Q(key=search_term) | Q(pk=number) if number is not None else Q(key=search_term)), False

    def title(self, row: Transfer) -> str:
        """Why, and which."""
        return self.shown_name(row)

    @admin.display(description=_("transfer"), ordering="id")
    def shown_name(self, row: Transfer) -> str:
        """Why, and which."""
        return _name(row)

    @admin.display(description=_("fingerprint"))
    def shown_digest(self, row: Transfer) -> str:
        """As figures and letters."""
        return bytes(row.digest).hex()

    def panels(self, request: HttpRequest, row: Transfer) -> Sequence[Panel | History]:  # noqa: ARG002
        """Every entry with book and account, and what it was posted for."""
        entries = row.entries.select_related("book__account", "book__source").order_by("id")[:SOME]
        columns = [
            _("account"),
            _("book"),
            _("received from"),
            _("amount"),
            _("balance after"),
            _("number in the book"),
        ]
        rows = [
            [
                owner(entry.book.account),
                link(entry.book, f"{BookKind(entry.book.kind).label} #{entry.book_id}"),
                link(entry.book.source),
                money(entry.amount),
                money(entry.balance_after),
                link(entry, entry.sequence),
            ]
            for entry in entries
        ]
        total = row.entries.aggregate(sum=Sum("amount"))["sum"] or ZERO
        said = format_html("{} {}", _("Sum of all entries:"), money(total))
        return [table(_("Entries"), columns, rows, note=said), _posted_for(row)]


def _posted_for(transfer: Transfer) -> Panel:
    """The rows of this app that name the transfer."""
    found = [
        *TopUp.objects.filter(transfer=transfer),
        *Withdrawal.objects.filter(Q(transfer=transfer) | Q(ended_transfer=transfer)),
        *Allotment.objects.filter(transfer=transfer),
    ]
    rows = [[row._meta.verbose_name, link(row)] for row in found]
    return table(_("Posted for"), ["", _("number")], rows, empty=_("Only the facts above say what for."))


@admin.register(Entry)
class EntryAdmin(StaffAdmin):
    """One book's part in a transfer."""

    paginator = BoundedPaginator
    list_display = [
        "shown_name",
        "shown_owner",
        "shown_transfer",
        "shown_at",
        yuan("amount", _("amount")),
        yuan("balance_after", _("balance after")),
    ]
    list_select_related = ["book__account", "transfer"]
    search_fields = ["transfer__key"]
    search_help_text = _("Number of the transfer")
    fields: ClassVar[Any] = [
        "shown_owner",
        "shown_book",
        "shown_transfer",
        "shown_at",
        "sequence",
        yuan("amount", _("amount")),
        yuan("balance_after", _("balance after")),
        "shown_hash",
    ]
    readonly_fields = ["shown_owner", "shown_book", "shown_transfer", "shown_at", "shown_hash", fields[5], fields[6]]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """Within one book by its own numbers, by which it is indexed."""
        return ["-sequence"] if "book__id__exact" in request.GET else ["-id"]

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """By the transfer: there are millions."""
        if not search_term:
            return queryset, False
        number = number_in(search_term)
        return (queryset.none() if number is None else queryset.filter(transfer_id=number)), False

    def title(self, row: Entry) -> str:
        """Which of which book."""
        return _now("Entry %(number)s of book #%(book)s") % {"number": row.sequence, "book": row.book_id}

    @admin.display(description=_("entry"))
    def shown_name(self, row: Entry) -> str:
        """The book's kind and number, and the entry's number in it."""
        return f"{BookKind(row.book.kind).label} #{row.book_id} / {row.sequence}"

    @admin.display(description=_("account"))
    def shown_owner(self, row: Entry) -> SafeString | str:
        """Its page."""
        return owner(row.book.account)

    @admin.display(description=_("book"))
    def shown_book(self, row: Entry) -> SafeString | str:
        """Its page."""
        return link(row.book, f"{BookKind(row.book.kind).label} #{row.book_id}")

    @admin.display(description=_("transfer"))
    def shown_transfer(self, row: Entry) -> SafeString | str:
        """Its page."""
        return _transfer(row.transfer)

    @admin.display(description=_("time"))
    def shown_at(self, row: Entry) -> SafeString | str:
        """When it was posted."""
        return when(row.transfer.at)

    @admin.display(description=_("hash"))
    def shown_hash(self, row: Entry) -> str:
        """As figures and letters."""
        return bytes(row.hash).hex()


def _name(transfer: Transfer) -> str:
    return f"{TransferKind(transfer.kind).label} #{transfer.pk}"


def _transfer(transfer: Transfer) -> SafeString | str:
    return link(transfer, _name(transfer))
