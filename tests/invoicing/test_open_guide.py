"""The guide of the open API: its example runs, its table is the one of the code, and its calls are there."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from config.jobs import run_due
from invoicing.models import Invoice
from invoicing.open_api.codes import TABLE
from tests.invoicing.opening import ENCRYPT_KEY, SECRET, entitle, make_client, make_taxpayer

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
GUIDE = (DOCS / "open_api.md").read_text(encoding="utf-8")


def test_the_table_of_errors_is_that_of_the_code():
    rows = re.findall(r"^\| (\d{4}) \| (\d{3}) \| (.*) \|$", GUIDE, re.MULTILINE)
    with translation.override("en"):
        assert rows == [(one.number, str(one.status), str(one.meaning)) for one in TABLE]


def test_it_names_every_call_and_only_those(client):
    named = re.findall(r"`(GET|POST) (/open/[^`]*)`", GUIDE)
    described = client.get("/open/schema").json()["paths"]
    assert {(method.upper(), path) for path, item in described.items() for method in item} == set(named)


@pytest.mark.django_db(transaction=True)
def test_the_example_issues_an_invoice(live_server, tmp_path):
    client = make_client()
    taxpayer = make_taxpayer(client.tenant)
    entitle(taxpayer, 5)
    [example] = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    names = {"OPEN_URL": f"{live_server.url}/open/", "CLIENT_ID": client.client_id, "CLIENT_SECRET": SECRET}
    names |= {"ENCRYPT_KEY": ENCRYPT_KEY, "TAX_NUMBER": taxpayer.tax_number}
    program = tmp_path / "example.py"
    program.write_text("".join(f"{name} = {value!r}\n" for name, value in names.items()) + example, encoding="utf-8")
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.2):
            run_due()
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(DOCS / "examples"), "NO_PROXY": "*"}
    command = [sys.executable, str(program)]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=120, check=False)
    over.set()
    worker.join()
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2", Invoice.objects.get().number, "1060.00"]
