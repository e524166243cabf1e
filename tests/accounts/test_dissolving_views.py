"""Dissolving as a page: blockers, consequences, risks, consent, code (K8)."""

import pytest

from accounts import preflight
from accounts.models import Invitation, Relationship
from accounts.permissions import P1, Role
from accounts.services.relationships import FactsChanged
from tests.accounts.linking import ask_change, dissolve, may_dissolve, shows, url
from tests.factories import make_invitation, make_operator, make_relationship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
UNREAD = {"understood": "on", "seen": "x"}


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member)


@pytest.fixture
def blocker(monkeypatch):
    """A check of a higher app that finds something."""

    def overdrawn(_relationship):
        yield preflight.Finding("K8.6", True, "The credit is overdrawn.", link="/somewhere/to/pay/")

    monkeypatch.setattr(preflight, "_checks", [*preflight._checks, overdrawn])


def way_out(relationship):
    return url("member-dissolve", relationship.pk)


def consent(console, relationship):
    """What somebody sends who has read the page."""
    form = console.get(way_out(relationship)).context["form"]
    return {"understood": "on", "seen": form["seen"].value()}


@pytest.mark.rule("K8.4", "K8.5", "K8.10")
def test_the_page_names_consequences_and_risks_by_rule(console, linked):
    page = console.get(way_out(linked))
    for rule in ("K8.4", "K8.10"):
        assert rule in page.text
    assert shows(
        page,
        "Credit limits that you have given to the account are taken back. Cash that you have allocated stays with it "
        "and can no longer be recalled.",
    )
    ask_change(linked)
    assert "Q-20" in console.get(way_out(linked)).text


@pytest.mark.rule("K8.4")
def test_without_the_tick_nothing_happens(console, linked):
    may_dissolve(linked)
    refused = console.post(way_out(linked), {"seen": consent(console, linked)["seen"]})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"understood"}
    assert Relationship.objects.get().state == "established"


@pytest.mark.rule("K8.12")
def test_consent_leads_to_the_code_and_nothing_is_dissolved_without_it(console, linked):
    answer = console.post(way_out(linked), consent(console, linked))
    assert answer.headers["Location"].startswith(url("code"))
    assert Relationship.objects.get().state == "established"
    assert "understood=on" in console.session["kept_form"]["typed"]


@pytest.mark.rule("K8.5", "K8.10", "K8.12", "K9.2", "K9.5")
def test_with_the_code_it_ends_at_once_and_without_the_member(console, linked):
    waiting = ask_change(linked)
    may_dissolve(linked)
    answer = console.post(way_out(linked), consent(console, linked))
    assert answer.headers["Location"] == url("member-detail", linked.pk)
    ended = Relationship.objects.get()
    assert (ended.state, ended.end) == ("dissolved", "dissolved")
    assert not any(ended.grants(point) for point in P1)
    assert Invitation.objects.get(pk=waiting.pk).state == "void"
    assert console.post(way_out(linked), UNREAD).headers["Location"] == url("member-detail", linked.pk)
    assert console.get(url("member-detail", linked.pk)).status_code == 200


@pytest.mark.rule("K8.4", "K8.5")
def test_what_changed_since_it_was_read_is_shown_before_anything_ends(console, linked):
    may_dissolve(linked)
    read = consent(console, linked)
    ask_change(linked)
    refused = console.post(way_out(linked), read)
    assert refused.status_code == 409
    assert shows(refused, FactsChanged.sentence)
    assert "Q-20" in refused.text
    assert "checked" not in refused.text
    assert Relationship.objects.get().is_in_force
    again = {"understood": "on", "seen": refused.context["form"]["seen"].value()}
    assert console.post(way_out(linked), again).headers["Location"] == url("member-detail", linked.pk)
    assert Relationship.objects.get().state == "dissolved"


@pytest.mark.parametrize("seen", ["", "x", "\x00", "9" * 65])
def test_nobody_dissolves_what_was_not_read(console, linked, seen):
    may_dissolve(linked)
    assert console.post(way_out(linked), {"understood": "on", "seen": seen}).status_code in {409, 422}
    assert Relationship.objects.get().state == "established"


@pytest.mark.rule("K8.6")
def test_a_blocker_stands_first_with_the_way_to_clear_it(console, linked, blocker):
    may_dissolve(linked)
    page = console.get(way_out(linked))
    assert page.context["form"] is None
    assert 'href="/somewhere/to/pay/"' in page.text
    assert "K8.6" in page.text
    assert console.post(way_out(linked), UNREAD).status_code == 409
    assert Relationship.objects.get().state == "established"


@pytest.mark.rule("K8.1", "K8.2", "K8.3")
def test_the_member_sees_the_grants_but_cannot_dissolve(browse, member, linked):
    console = browse(member)
    for answer in (console.get(way_out(linked)), console.post(way_out(linked), UNREAD)):
        assert answer.status_code == 403
        assert "K8.3" in answer.text
    assert way_out(linked) not in console.get(url("manager-list")).text


def test_outsiders_and_viewers_do_not_get_there(browse, manager, stranger, linked):
    assert browse(stranger).get(way_out(linked)).status_code == 404
    assert browse(make_operator(manager, Role.VIEWER)).get(way_out(linked)).status_code == 403


@pytest.mark.rule("K9.2")
def test_only_an_established_relationship_is_dissolved(console, manager, member, stranger):
    waiting = make_invitation(manager, stranger).relationship
    refused = console.get(way_out(waiting))
    assert refused.status_code == 409
    assert "K9.2" in refused.text
    ended = dissolve(make_relationship(manager, member))
    assert console.get(way_out(ended)).headers["Location"] == url("member-detail", ended.pk)
