"""Short ways to money that can be invoiced, to titles and requests."""

from datetime import datetime

from accounts.models import Account, Relationship
from finance.models import Product
from invoicing.models import Invoiceable, InvoiceControl, InvoiceRequest, ProductTax, TaxItem, Title
from invoicing.services import controls
from invoicing.services.invoiceables import collect
from invoicing.services.requests import Wish, submit_request
from invoicing.services.titles import Buyer, add_title
from tests.factories import acting, credit_code
from tests.finance.billing import JUNE, confirmed, make_line, statement_of
from tests.finance.funds import D, fresh_key, top_up

FULL = {"address": "北京市海淀区一号路 1 号", "phone": "010-88880000", "bank": "招商银行", "bank_account": "6225880001"}


def spent(account: Account, *amounts: str, at: datetime = JUNE, owner: Account | None = None, **more) -> None:
    """Lines of that month, paid in cash; its statement is settled."""
    top_up(account, str(sum(map(D, amounts))))
    for amount in amounts:
        make_line(account, amount, at, owner, **more)
    if confirmed(account, at).state != "settled":
        raise AssertionError(statement_of(account, at).state)


def open_items(account: Account, *amounts: str, **more) -> list[Invoiceable]:
    """The same, collected."""
    spent(account, *(amounts or ("106.00",)), **more)
    collect(payer=account)
    return list(Invoiceable.objects.open().filter(payer=account).order_by("pk"))


def buyer(name: str = "云岭科技集团有限公司", number: int = 1, **more) -> Buyer:
    """An enterprise with everything that a special invoice needs."""
    facts = {"kind": "enterprise", "name": name, "tax_number": credit_code(number)} | FULL
    return Buyer(**facts | {"email": "invoices@example.com"} | more)


def title(account: Account, *args, **more) -> Title:
    """Through the service."""
    return add_title(actor=acting(account), account=account, buyer=buyer(*args, **more))


def ask(account: Account, items=None, by: Relationship | None = None, **more) -> InvoiceRequest:
    """Through the service: over these amounts, by the account or by a manager."""
    if items is None:
        items = Invoiceable.objects.open().filter(payer=account, amount__gt=0)
    found = more.pop("title", None) or Title.objects.usable().filter(account=account).first() or title(account)
    key, actor = more.pop("key", None) or fresh_key(), more.pop("actor", None) or acting(by.manager if by else account)
    now = more.pop("now", None)
    wish = Wish(item_ids=[one.pk for one in items], title_id=found.pk, **more)
    through = by.pk if by else None
    return submit_request(actor=actor, account=account, wish=wish, key=key, through=through, now=now)


def taxed(product: Product, rate: str = "0.13", **more) -> TaxItem:
    """The product is invoiced as an item of its own."""
    facts = {"name": f"商品{product.pk}", "class_code": "1090000000000000000", "class_name": "机器", "rate": D(rate)}
    item = TaxItem.objects.create(**facts | more)
    ProductTax.objects.create(product=product, item=item)
    return item


def common(link: Relationship) -> Title:
    """Both sides have the same title; answers the manager's."""
    _theirs, own = (_named(side, "共同抬头有限公司") for side in (link.member, link.manager))
    return own


def _named(account: Account, name: str) -> Title:
    return Title.objects.usable().filter(account=account, name=name).first() or title(account, name, 77)


def propose(link: Relationship, **more) -> InvoiceControl:
    """Through the service, over a common title."""
    own = more.pop("title", None) or common(link)
    return controls.propose_control(actor=acting(link.manager), relationship_id=link.pk, title_id=own.pk, **more)


def controlled(link: Relationship) -> InvoiceControl:
    """Proposed and agreed to."""
    return controls.agree_control(actor=acting(link.member), control_id=propose(link).pk)


def request_row(account: Account, **fields) -> InvoiceRequest:
    """One that waits for staff, over nothing in particular."""
    line = {"name": "云服务费", "class_code": "3040201010000000000", "class_name": "信息技术服务"}
    line |= {"amount": "100.00", "rate": "0.06", "tax": "6.00"}
    covers = [{"month": "2025-06", "number": account.number, "name": account.name, "amount": "106.00"}]
    facts = {
        "asked_by": account,
        "kind": "ordinary",
        "needs_review": True,
        "title": {"kind": "enterprise", "name": "云岭科技集团有限公司", "tax_number": credit_code(1)},
        "amount": D("106.00"),
        "content": {"lines": [line], "covers": covers},
        "key": fresh_key(),
    }
    return InvoiceRequest.objects.create(account=account, **facts | fields)
