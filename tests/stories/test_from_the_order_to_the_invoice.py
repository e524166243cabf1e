"""A company orders a package, activates it with the letter, gives a tax number the right, copies the keys into its
business system; and that issues its first invoice, and takes it back, with the client of the guide (I1 to I7)."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import OneTimeCode
from config.jobs import run_due
from invoicing.models import CloudOrder, Entitlement, Invoice, IssueOrder, Taxpayer, Tenant
from tests.factories import clear, credit_code, owner_of
from tests.invoicing.clouding import package, paid

CLIENT = Path(__file__).resolve().parent.parent.parent / "docs" / "examples" / "invoice_client.py"
TAX_NUMBER = credit_code(910_001)
pytestmark = pytest.mark.django_db(transaction=True)


def client_module() -> Any:
    spec = importlib.util.spec_from_file_location("invoice_client", CLIENT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def activate(browser: Any) -> None:
    """By link and key of the letter."""
    [letter] = [str(one.body) for one in mail.outbox if "/invoice-cloud/activate/" in str(one.body)]
    address = re.findall(r"/invoice-cloud/activate/\S+", letter)[0]
    [key] = re.findall(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", letter)
    onward = browser.post(address, {"key": key})["Location"]
    assert browser.post(onward, {"erp": "other", "name": "云岭软件"}).status_code == 302


def bind(browser: Any, tenant: Tenant) -> None:
    """The enterprise belongs to the tenant, and has the right."""
    typed = {"name": "云岭软件有限公司", "tax_number": TAX_NUMBER, "compared": "on"}
    assert browser.post(reverse("invoicing:taxpayer-add", args=[tenant.pk]), typed).status_code == 302
    order, taxpayer = CloudOrder.objects.get(), Taxpayer.objects.get()
    ticked = {"taxpayers": [taxpayer.pk], "warned": "on"}
    assert browser.post(reverse("invoicing:entitlement-assign", args=[order.pk]), ticked).status_code == 302


def copy_keys(browser: Any, account: Any, tenant: Tenant) -> dict[str, str]:
    """Off the page that shows them once, after a code."""
    clear(owner_of(account), OneTimeCode.Purpose.SHOW_CREDENTIALS, f"tenant:{tenant.pk}")
    text = browser.post(reverse("invoicing:credential-show", args=[tenant.pk])).text
    _address, *keys = re.findall(r'data-copy="([^"]+)"', text)
    return dict(zip(("CLIENT_ID", "CLIENT_SECRET", "ENCRYPT_KEY"), keys, strict=True))


def wanted(serial: str) -> dict[str, Any]:
    line = {"goodsName": "*信息技术服务*软件服务", "goodsCode": "3040201010000000000", "taxRate": "0.06"}
    return {
        "serialNo": serial,
        "invoiceType": "02",
        "salerTaxNo": TAX_NUMBER,
        "buyerName": "海桐贸易有限公司",
        "buyerTaxNo": credit_code(900_002),
        "drawer": "李明",
        "items": [line | {"num": "2", "unitPrice": "500.00"}],
    }


@pytest.mark.rule("I1.1", "I2.1", "I4.2", "I5.2", "I7.1")
def test_from_the_order_to_the_first_invoice_and_back(manager, browse, live_server, tmp_path, settings):
    settings.SITE_URL = live_server.url
    paid(manager, package(quantity=2))
    run_due()
    browser = browse(manager)
    activate(browser)
    tenant = Tenant.objects.get()
    bind(browser, tenant)
    run_due()
    keys = copy_keys(browser, manager, tenant)
    module = client_module()
    client = module.InvoiceClient(f"{live_server.url}/open/", *keys.values())

    assert client.issue(wanted("SO-1"))["status"] == "0"
    run_due()
    first = client.wait_for(TAX_NUMBER, "SO-1", seconds=0)
    assert (first["status"], first["totalAmount"]) == ("2", "1060.00")
    assert client.issue(wanted("SO-1"))["invoiceNo"] == first["invoiceNo"] == Invoice.objects.get().number
    [right] = client.entitlements(TAX_NUMBER)
    assert (right["used"], right["left"]) == (1, 1)

    client.take_back("SO-1-R", TAX_NUMBER, first["invoiceNo"])
    run_due()
    assert client.wait_for(TAX_NUMBER, "SO-1-R", seconds=0)["totalAmount"] == "-1060.00"

    with pytest.raises(module.InvoiceCloudError) as refusal:
        client.issue(wanted("SO-2") | {"buyerTaxNo": "12", "drawer": ""})
    assert refusal.value.errcode == "1400"
    assert {fault["field"] for fault in refusal.value.faults} == {"buyerTaxNo", "drawer"}
    client.issue(wanted("SO-2"))
    with pytest.raises(module.InvoiceCloudError) as refusal:
        client.issue(wanted("SO-3"))
    assert refusal.value.errcode == "1501"
    assert Entitlement.objects.get().used == 2
    run_due()
    assert run_program(keys, live_server, tmp_path).startswith(Invoice.objects.get(issue_order__serial="SO-2").number)
    assert IssueOrder.objects.count() == 3


def run_program(keys: dict[str, str], live_server: Any, tmp_path: Path) -> str:
    """The client as a program of its own, with an invoice that was sent before."""
    file = tmp_path / "invoice.json"
    file.write_text(json.dumps(wanted("SO-2")), encoding="utf-8")
    surroundings = {"PATH": os.environ["PATH"], "OPEN_URL": f"{live_server.url}/open/", "NO_PROXY": "*", **keys}
    command = [sys.executable, str(CLIENT), str(file)]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
