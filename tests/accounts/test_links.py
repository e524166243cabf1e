"""Short links: unguessable, kept as digests, replaced by newer ones."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.links import draw_link, find_link
from accounts.models import Invitation, ShortLink
from accounts.services.invitations import accept_invitation
from tests.accounts.post import link_of
from tests.factories import acting, make_invitation

HOURS_48 = timedelta(hours=48)


@pytest.fixture
def invitation(manager, member):
    return make_invitation(manager, member)


def token_of(url):
    return url.rstrip("/").rpartition("/")[2]


@pytest.mark.rule("K4.6")
def test_a_link_begins_with_our_short_address_and_leads_to_its_invitation(invitation, settings):
    settings.SITE_URL = "https://tz.example"
    url = draw_link(invitation, "mail")
    assert url.startswith("https://tz.example/s/")
    assert url.endswith("/")
    token = token_of(url)
    assert len(token) == 22
    assert token.isascii()
    assert token.isalnum()
    link = link_of(token)
    assert (link.invitation, link.channel, link.revoked_at, link.opens) == (invitation, "mail", None, 0)


def test_only_a_digest_is_kept(invitation):
    token = token_of(draw_link(invitation, "sms"))
    row = ShortLink.objects.values().get()
    assert row["digest"] == hashlib.sha256(token.encode()).hexdigest()
    assert all(token not in str(value) for value in row.values())


def test_tokens_differ(invitation):
    assert len({token_of(draw_link(invitation, "mail")) for _turn in range(50)}) == 50


@pytest.mark.rule("K4.9")
def test_a_newer_link_replaces_the_older_one_of_its_channel_only(invitation):
    old, text = draw_link(invitation, "mail"), draw_link(invitation, "sms")
    new = draw_link(invitation, "mail")
    assert link_of(token_of(old)).revoked_at is not None
    assert link_of(token_of(text)).revoked_at is None
    assert link_of(token_of(new)).revoked_at is None


def test_links_of_other_invitations_stay(invitation, stranger, member):
    other = draw_link(make_invitation(stranger, member, kind="partner"), "mail")
    draw_link(invitation, "mail")
    draw_link(invitation, "mail")
    assert link_of(token_of(other)).revoked_at is None


def test_links_drawn_since_a_moment_can_stay(invitation):
    old = draw_link(invitation, "sms")
    moment = timezone.now()
    first, second = (draw_link(invitation, "sms", replaces_before=moment) for _owner in range(2))
    assert link_of(token_of(old)).revoked_at is not None
    assert link_of(token_of(first)).revoked_at is None
    assert link_of(token_of(second)).revoked_at is None


def test_the_moment_of_replacement_is_that_of_the_first_newer_link(invitation):
    old = draw_link(invitation, "mail")
    draw_link(invitation, "mail")
    replaced_at = link_of(token_of(old)).revoked_at
    draw_link(invitation, "mail")
    assert link_of(token_of(old)).revoked_at == replaced_at


@pytest.mark.rule("K4.9")
def test_a_link_says_what_became_of_its_invitation(invitation, member):
    token = token_of(draw_link(invitation, "mail"))
    assert link_of(token).invitation.state_at() == Invitation.State.OPEN
    assert link_of(token).invitation.state_at(invitation.sent_at + HOURS_48) == Invitation.State.EXPIRED
    accept_invitation(actor=acting(member), invitation_id=invitation.pk)
    assert link_of(token).invitation.state_at() == Invitation.State.ACCEPTED


@pytest.mark.parametrize("token", ["", "x", "0" * 22, "云" * 22, "\x00", "\udcff", "a" * 100_000, "' OR 1=1 --"])
def test_what_is_no_token_finds_nothing(invitation, token):
    draw_link(invitation, "mail")
    assert find_link(token) is None


def test_a_shortened_or_changed_token_finds_nothing(invitation):
    token = token_of(draw_link(invitation, "mail"))
    assert find_link(token[:-1]) is None
    assert find_link(token.swapcase()) is None
    assert find_link(f"{token}/") is None


def test_the_work_is_the_same_for_any_token(invitation, django_assert_num_queries):
    token = token_of(draw_link(invitation, "mail"))
    with django_assert_num_queries(1):
        link = link_of(token)
        assert link.invitation.relationship.manager.enterprise
        assert link.invitation.relationship.member.enterprise
        assert link.invitation.sent_by
    with django_assert_num_queries(1):
        assert find_link("0" * 22) is None
