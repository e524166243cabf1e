"""Tables for sets to be made of, where it does not matter of which."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from accounts.models import User
from kiscloud import set_contents, set_moments
from kiscloud.models import AccountSet
from tests.factories import make_user


class Tables:
    """Two tables of a set: shelves in shelves, and pages on them, each with somebody outside."""

    shelf: Any
    page: Any


@pytest.fixture
def tables(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    found = Tables()
    with isolate_apps("kiscloud"):

        class Shelf(models.Model):
            account_set = models.ForeignKey(AccountSet, models.PROTECT, related_name="+")
            name = models.CharField(max_length=40)
            above = models.ForeignKey("self", models.PROTECT, null=True)

            class Meta:
                app_label = "kiscloud"

        class Page(models.Model):
            account_set = models.ForeignKey(AccountSet, models.PROTECT, related_name="+")
            shelf = models.ForeignKey(Shelf, models.PROTECT)
            text = models.TextField()
            amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
            writer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

            class Meta:
                app_label = "kiscloud"

        with connection.schema_editor() as editor:
            editor.create_model(Shelf)
            editor.create_model(Page)
        monkeypatch.setattr(set_contents, "_parts", [Shelf, Page])
        monkeypatch.setattr(set_moments, "_acts", {moment: [] for moment in set_moments.Moment})
        found.shelf, found.page = Shelf, Page
        yield found


def fill(tables: Tables, account_set: AccountSet) -> None:
    upper = tables.shelf.objects.create(account_set=account_set, name="上层", above=None)
    lower = tables.shelf.objects.create(account_set=account_set, name="下层", above=upper)
    for text, amount in (('引号"逗号,\n换行', "12.30"), ("", None), ("NULL", "-0.01"), ("\\N", "0.00")):
        tables.page.objects.create(account_set=account_set, shelf=lower, text=text, amount=amount, writer=make_user())


def contents(tables: Tables, account_set: AccountSet) -> list[Any]:
    pages = tables.page.objects.filter(account_set=account_set).select_related("shelf__above").order_by("pk")
    return [(page.text, page.amount, page.shelf.name, page.shelf.above.name, page.shelf.account_set) for page in pages]
