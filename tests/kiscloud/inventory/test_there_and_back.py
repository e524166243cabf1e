"""Stock, backed up and restored; files from before there was any; the rights of restored groups."""

import json
import zipfile
from typing import Any

import pytest

from kiscloud.books.models import UserGroup, Voucher
from kiscloud.books.rights import Right
from kiscloud.inventory.contents import PARTS
from kiscloud.inventory.models import Document, DocumentLine, Kind, Partner, Stock
from kiscloud.models import AccountSet
from kiscloud.set_contents import purge_contents
from kiscloud.set_files import Unfit, open_file
from kiscloud.set_files.keeping import open_kept, scratch_file
from kiscloud.set_files.loading import load_set
from kiscloud.set_moments import Moment, tell
from tests.kiscloud.books.test_there_and_back import backed_up, restored
from tests.kiscloud.inventory.shop import Shop

pytestmark = pytest.mark.django_db


def busy_shop() -> Shop:
    shop = Shop()
    bought = shop.buy(("A", "10", "30"), ("B", "7", "1"))
    shop.void(shop.sell(("A", "1")))
    shop.sell(("A", "3"))
    shop.draft(Kind.COUNT, ("A", "0"))
    shop.vouch(bought)
    return shop


def everything(account_set: AccountSet) -> list[Any]:
    """What the inventory of a set says, without ids."""
    here = {"account_set": account_set}
    documents = Document.objects.filter(**here).select_related("maker", "voucher").order_by("pk")
    lines = DocumentLine.objects.filter(**here).order_by("document", "place")
    return [
        list(Partner.objects.filter(**here).order_by("code").values_list("code", "name", "is_customer")),
        list(Stock.objects.filter(**here).order_by("good__code").values_list("good__code", "quantity", "value")),
        [(str(one), one.state, one.total, one.cost, str(one.voucher or ""), one.maker.name) for one in documents],
        list(lines.values_list("good__code", "quantity", "moved", "cost")),
    ]


@pytest.mark.rule("S17.8")
def test_stock_comes_back_to_the_fen_and_goes_on() -> None:
    shop = busy_shop()
    back = restored(shop, backed_up(shop))
    assert back.state == "ready", back.fault
    assert everything(back) == everything(shop.set)
    voucher = Voucher.objects.get(account_set=back)
    assert Document.objects.get(account_set=back, state="posted").voucher == voucher
    shop.set = back
    assert str(shop.sell(("A", "7"))) == "XSCK-202603-0003"
    assert shop.held() == ("0", "0.00")


def without(pack: zipfile.ZipFile, names: set[str]) -> Any:
    """The file as it was before there were these tables."""
    manifest, scratch = json.loads(pack.read("manifest.json")), scratch_file()
    part = manifest["sets"][0]
    left = {table["file"] for table in part["tables"] if table["name"] in names}
    part["tables"] = [table for table in part["tables"] if table["file"] not in left]
    with zipfile.ZipFile(scratch, "w") as made:
        for name in pack.namelist():
            if name not in left:
                made.writestr(name, json.dumps(manifest) if name == "manifest.json" else pack.read(name))
    scratch.seek(0)
    return scratch


def load(shop: Shop, file: Any) -> None:
    with file, open_file(file) as opened:
        load_set(opened=opened, part=opened.only_set(), account_set=shop.set)


def test_a_file_from_before_there_was_stock_is_restored() -> None:
    shop = Shop()
    shop.write(("1002", "7", ""), ("3001", "", "7"))
    tables = {model._meta.db_table for model in PARTS}
    backup = backed_up(shop)
    purge_contents(account_set=shop.set)
    with open_kept(backup.file.name) as file, zipfile.ZipFile(file) as pack:
        with pytest.raises(Unfit):
            load(shop, without(pack, {"books_period"}))
        load(shop, without(pack, tables))
    assert Voucher.objects.filter(account_set=shop.set).count() == 1
    assert not Document.objects.exists()


def test_groups_from_before_there_was_stock_get_its_rights() -> None:
    shop = Shop()
    groups = UserGroup.objects.filter(account_set=shop.set)
    groups.get(key="storekeepers").delete()
    for group in groups:
        group.rights = [right for right in group.rights if not right.startswith("stock")]
        group.save(update_fields=["rights"])
    for _turn in range(2):
        tell(Moment.RESTORED, shop.set)
    rights = {group.key: group.rights for group in groups.all()}
    assert rights["default"] == [Right.VIEW, Right.STOCK_VIEW]
    assert rights["storekeepers"] == [Right.STOCK_VIEW, Right.STOCK_ENTER]
    assert set(rights["accountants"]) == set(Right.values)
