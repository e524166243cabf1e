"""The page between a person and a delicate act."""

import pytest
from django.core import signing
from django.http import HttpResponse

from accounts.clearance import Ask, needs_code
from accounts.models import ApiKey, OneTimeCode, User
from tests.factories import make_user, owner_of

NEW = "/account/api-keys/new/"
TYPED = {"name": "ERP", "scopes": ["relationships:read", "relationships:write"]}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    """The owner's browser."""
    return browse(manager)


def code_page(console, **typed):
    """Led there: its address."""
    return (console.post(NEW, typed) if typed else console.get(NEW))["Location"]


def send_url(address):
    return address.replace("/account/code/", "/account/code/send/")


def ask_for_code(console, address, sent):
    assert console.post(send_url(address))["Location"] == address
    return sent()[0].facts["code"]


@pytest.mark.rule("K4.1")
def test_without_a_code_the_act_does_not_open_and_with_it_it_does(console, sent, manager):
    address = code_page(console)
    assert address.startswith("/account/code/?state=")
    assert not sent()
    assert console.get(address).status_code == 200
    assert not sent()
    code = ask_for_code(console, address, sent)
    assert sent()[0].to == owner_of(manager).mobile
    assert console.post(address, {"clearance-code": code})["Location"] == NEW
    assert console.get(NEW).status_code == 200


def test_what_was_typed_goes_along_and_is_sent_again(console, sent):
    address = code_page(console, **TYPED, old_password="secret words")
    code = ask_for_code(console, address, sent)
    page = console.get(address)
    assert ("name", "ERP") in page.context["kept"]
    assert "secret words" not in page.text
    carried = {name: [value for key, value in page.context["kept"] if key == name] for name, _v in page.context["kept"]}
    onward = console.post(address, {"clearance-code": code, **carried})
    assert (onward.status_code, onward["Location"]) == (307, NEW)
    done = console.post(NEW, {"clearance-code": code, **carried})
    assert done.status_code == 200
    assert ApiKey.objects.get().scopes == TYPED["scopes"]
    assert "kept_form" not in console.session


def test_a_form_too_long_to_keep_is_not_kept(console, sent):
    address = code_page(console, name="x" * 30_000)
    assert console.get(address).context["kept"] == []


def test_the_address_says_nothing_that_can_be_turned(console, manager):
    ask = Ask("invite", f"account:{manager.pk}", "https://evil.example/", owner_of(manager).pk)
    forged = signing.dumps({"purpose": "invite"}, salt="another", compress=True)
    for state in ("", "x", forged, ask.signed[:-2], ask.signed + "x"):
        assert console.get("/account/code/", {"state": state}).status_code == 409
    assert console.post("/account/code/send/", {}).status_code == 409


def test_another_person_cannot_use_the_address(console, browse):
    address = code_page(console)
    assert browse(make_user()).get(address).status_code == 409


def test_the_address_grows_old(console, monkeypatch):
    address = code_page(console)
    monkeypatch.setattr("accounts.clearance.STATE_SECONDS", -1)
    assert console.get(address).status_code == 409


def test_wrong_codes_are_counted_down_and_the_sixth_try_meets_a_lock(console, sent):
    address = code_page(console)
    code = ask_for_code(console, address, sent)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        answer = console.post(address, {"clearance-code": wrong})
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"code"})
    assert console.post(address, {"clearance-code": code}).status_code == 422
    assert console.get(NEW)["Location"].startswith("/account/code/")


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12 34", "①②③④⑤⑥", "-12345", "1e5000"])
def test_what_is_no_code_is_refused_without_counting(console, sent, typed):
    address = code_page(console)
    ask_for_code(console, address, sent)
    assert console.post(address, {"clearance-code": typed}).status_code == 422
    assert OneTimeCode.objects.get().tries == 0


def test_spaces_and_full_width_digits_are_understood(console, sent):
    address = code_page(console)
    code = ask_for_code(console, address, sent)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert console.post(address, {"clearance-code": f" {wide[:3]} {wide[3:]}"}).status_code == 302


def test_a_second_code_has_to_wait_and_the_page_says_so(console, sent):
    address = code_page(console)
    ask_for_code(console, address, sent)
    refused = console.post(send_url(address))
    assert refused.status_code == 429
    assert len(sent()) == 1
    assert refused.context["sending"].seconds > 0


def test_a_code_for_another_act_does_not_open_this_one(console, sent, manager):
    other = Ask("invite", f"account:{manager.pk}", "/", owner_of(manager).pk).url
    code = ask_for_code(console, other, sent)
    address = code_page(console)
    assert console.post(address, {"clearance-code": code}).status_code == 422
    assert console.post(other, {"clearance-code": code})["Location"] == "/"
    assert console.get(NEW)["Location"].startswith("/account/code/")


def test_a_code_for_one_account_does_not_open_another(console, browse, sent, manager, member):
    owner = owner_of(manager)
    member.operators.create(user=owner, role="owner")
    address = code_page(console)
    console.post(address, {"clearance-code": ask_for_code(console, address, sent)})
    assert console.get(NEW).status_code == 200
    session = console.session
    session["account"] = member.pk
    session.save()
    assert console.get(NEW)["Location"].startswith("/account/code/")


def test_having_passed_the_page_leads_on(console, sent):
    address = code_page(console)
    console.post(address, {"clearance-code": ask_for_code(console, address, sent)})
    assert console.get(address)["Location"] == NEW


def test_without_a_number_the_page_offers_to_add_one(console, manager):
    User.objects.filter(pk=owner_of(manager).pk).update(mobile=None)
    address = code_page(console)
    assert "/account/mobile/" in console.get(address).text
    assert console.post(send_url(address)).status_code == 409
    assert console.post(address, {"clearance-code": "123456"}).status_code == 409


def test_htmx_is_led_there_as_a_whole_page(console):
    answer = console.get(NEW, headers={"hx-request": "true"})
    assert answer["HX-Redirect"].startswith("/account/code/")


@pytest.fixture
def by_founder(rf, manager):
    """A page that opens with a code from somebody else's phone, and that person."""
    founder = make_user(name="创始人")

    @needs_code(OneTimeCode.Purpose.DELETE_SET, lambda request: f"set:7:by:{request.user.pk}", lambda _request: founder)
    def delete(_request):
        return HttpResponse("gone")

    def visit(user):
        request = rf.get("/delete/")
        request.user, request.htmx = user, False
        return delete(request)

    return visit, founder


@pytest.mark.rule("S15.2")
def test_a_code_may_go_to_somebody_elses_phone(by_founder, browse, sent, manager, member):
    (visit, founder), console = by_founder, browse(manager)
    address = visit(owner_of(manager))["Location"]
    assert founder.name in console.get(address).text
    code = ask_for_code(console, address, sent)
    assert sent()[0].to == founder.mobile
    assert browse(member).get(address).status_code == 409  # not asked of this person
    assert console.post(address, {"clearance-code": code})["Location"] == "/delete/"
    assert visit(owner_of(manager)).content == b"gone"
    assert visit(owner_of(member)).status_code == 302  # a code is for whoever asked for it


def test_a_holder_without_a_number_is_said(by_founder, console, manager):
    visit, founder = by_founder
    User.objects.filter(pk=founder.pk).update(mobile=None)
    founder.refresh_from_db()
    address = visit(owner_of(manager))["Location"]
    assert founder.name in console.get(address).text
    assert founder.name in console.post(send_url(address)).text
