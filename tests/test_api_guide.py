"""The guide's own examples, taken out of its text and run against a live server."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.models import Invitation
from accounts.permissions import P1, P2
from finance.services.statements import issue_statements
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.billing import LATER, make_line
from tests.finance.bills import make_product
from tests.finance.funds import allot, top_up
from tests.servers import curl

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "api.md"
pytestmark = pytest.mark.django_db(transaction=True)


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run(command: list[str], live_server, account, **more: str) -> str:
    surroundings = more | {"PATH": os.environ["PATH"], "API": f"{live_server.url}/api/v1/".rstrip("/"), "NO_PROXY": "*"}
    surroundings["KEY"] = ApiClient(account).secret
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """`curl`, or what stands in for it where the machine has none."""
    if shutil.which("curl") is None:
        stand_in = tmp_path / "curl"
        stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{curl.__file__}" "$@"\n', encoding="utf-8")
        stand_in.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def test_the_shell_examples(live_server, shell):
    account = make_account(username="manager")
    make_account(username="chenxi")
    who, invite, allotment, *_orders = examples("sh")
    assert json.loads(run(["sh", "-c", who], live_server, account))["username"] == "manager"
    assert json.loads(run(["sh", "-c", invite], live_server, account))["state"] == "open"
    assert json.loads(run(["sh", "-c", invite.replace("chenxi", "nobody")], live_server, account))["status"] == 422
    assert Invitation.objects.get().relationship.remark == "物流伙伴"
    link = make_relationship(account, make_account(), kind="partner")
    top_up(account, "5000.00")
    allotment = allotment.replace('"relationship": 1', f'"relationship": {link.pk}')
    flow = json.loads(run(["sh", "-c", allotment], live_server, account))
    assert (flow["amount"], flow["note"]) == ("3000.00", "十二月预算")


def test_the_python_example(live_server, tmp_path):
    account = make_account(username="manager")
    make_account(username="haitong", name="海桐文化")
    program = tmp_path / "example.py"
    program.write_text(examples("python")[0], encoding="utf-8")
    lines = run([sys.executable, str(program)], live_server, account).splitlines()
    assert lines[0].startswith("open until ")
    assert lines[1:] == ["海****化 confirming"]  # whole only once it has agreed


def test_the_python_example_of_funds(live_server, tmp_path):
    account = make_account(username="manager")
    make_account(username="haitong", name="海桐文化")
    links = [make_relationship(account, make_account(name=name), kind="partner") for name in ("晨曦", "远山", "云帆")]
    top_up(account, "2000.00")
    allot(links[0], "400.00")
    program = tmp_path / "example.py"
    program.write_text("\n".join(examples("python")[:2]), encoding="utf-8")
    lines = run([sys.executable, str(program)], live_server, account).splitlines()
    shown = lines.index("2 done, 1 refused, 1600.00 yuan")
    assert lines[shown + 1].startswith(f"{links[1].pk} You can allot at most 600.00 yuan")
    assert lines[shown + 2 :] == ["晨曦 600.00 proved", "云帆 1000.00 proved", "晨曦 400.00 proved"]


def test_the_shell_examples_of_orders(live_server, shell):
    account = make_account(username="manager")
    product = make_product(price="100", pay_mode="prepaid", cycle="month", code="ecs")
    price, order = examples("sh")[-2:]
    assert json.loads(run(["sh", "-c", price], live_server, account))["payable"] == "2400.00"
    placed = json.loads(run(["sh", "-c", order], live_server, account))
    assert (placed["state"], placed["payable"], placed["product"]) == ("pending", "2400.00", product.code)


def test_the_python_example_of_statements(live_server, tmp_path, monkeypatch):
    account = make_account(username="manager")
    links = [make_relationship(account, make_account(name=name), points=P1 | P2) for name in ("晨曦", "远山")]
    for link, amount in zip(links, ("30.00", "20.00"), strict=True):
        make_line(link.member, amount)
    issue_statements(now=LATER)
    begin, _funds, statements = examples("python")
    begin = begin[: begin.index("target = ")]
    program = tmp_path / "example.py"
    program.write_text("\n".join((begin, "from decimal import Decimal", statements)), encoding="utf-8")
    lines = run([sys.executable, str(program)], live_server, account, MONTH="2025-06").splitlines()
    assert lines == ["active 2 statements, 50.00 yuan", "晨曦 30.00", "远山 20.00"]


def test_the_guide_names_only_what_is_there(client):
    described = client.get("/api/v1/schema/").json()["paths"]
    for method, path in re.findall(r"`(GET|POST|PATCH|DELETE) ([a-z]+/[^?`]*)", GUIDE.read_text(encoding="utf-8")):
        below = ("", "sets/{number}/")  # the books of a set are told without what their addresses begin with
        known = {verb for prefix in below for verb in described.get(f"/api/v1/{prefix}{path}", ())}
        assert method.lower() in known, f"{method} {path}"


def test_the_page_to_read_it_is_open_to_everybody(client):
    answer = client.get("/api/v1/docs/")
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert '<script src="/static/js/api-docs.js" defer></script>' in answer.text
