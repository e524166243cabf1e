"""Which months the pages of an inventory offer."""

from kiscloud.books.models import Books
from kiscloud.books.periods import months_with_balances
from kiscloud.inventory.models import Document


def months_with_documents(books: Books) -> list[int]:
    """The current period and those that are closed, newest first; before them later ones that have documents."""
    later = Document.objects.filter(account_set=books.account_set_id, month__gt=books.month)
    return [*later.order_by("-month").values_list("month", flat=True).distinct(), *months_with_balances(books)]
