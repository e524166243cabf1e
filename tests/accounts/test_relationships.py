"""Creating members, changing what a link grants, dissolving."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import preflight
from accounts.models import Account, Event, Invitation, OneTimeCode, Operator, Relationship, User, WithheldPoint
from accounts.permissions import P1, P2, Point, Role, preset_of
from accounts.preflight import Finding
from accounts.questions import InvitationClosed
from accounts.services import invitations, relationships
from accounts.services.codes import CodeNeeded
from accounts.standing import Shown, standing_of
from accounts.terms import Terms, offered_points
from config.errors import DomainError, InputError, NotAllowed, NotFound
from tests.factories import acting, clear, make_account, make_invitation, make_operator, make_relationship, owner_of

HOURS_48 = timedelta(hours=48)
NEW_MEMBER = {
    "username": "north-branch",
    "password": "a long enough password",
    "mobile": "13800138000",
    "name": "北方分公司",
    "points": P2,
}


def register(manager, **fields):
    clear(owner_of(manager), OneTimeCode.Purpose.REGISTER_MEMBER, f"account:{manager.pk}")
    data = {**NEW_MEMBER, "enterprise_id": manager.enterprise_id, **fields}
    return relationships.register_member(actor=acting(manager), manager=manager, **data)


def ask_change(relationship, points=P2, inherits=(), **fields):
    manager = relationship.manager
    clear(
        owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{relationship.pk}", fields.get("now")
    )
    fields.setdefault("terms", Terms.asked(points, inherits))
    return relationships.request_change(actor=acting(manager), relationship_id=relationship.pk, **fields)


def dissolve(relationship, actor=None):
    clear(owner_of(relationship.manager), OneTimeCode.Purpose.DISSOLVE, f"relationship:{relationship.pk}")
    return relationships.dissolve_relationship(
        actor=actor or acting(relationship.manager), relationship_id=relationship.pk
    )


def waiting(relationship):
    return Invitation.objects.open().get(relationship=relationship)


@pytest.mark.rule("K5.1", "K5.3", "K5.5", "K5.6", "K5.7", "K6.3")
def test_a_created_member_belongs_at_once_to_the_group(manager):
    relationship = register(manager)
    member = relationship.member
    assert (relationship.state, relationship.kind) == ("established", "group")
    assert relationship.grants(Point.REPAY_STATEMENT)
    assert (member.enterprise, member.certified) == (manager.enterprise, Account.Certified.ENTERPRISE)
    user = User.objects.get(mobile="13800138000")
    assert user.check_password("a long enough password")
    assert Operator.objects.get(account=member).user == user
    assert not Invitation.objects.exists()


@pytest.mark.rule("K5.2")
def test_the_verification_to_take_over_must_be_chosen_and_be_ones_own(manager, stranger):
    for wrong in (stranger.enterprise_id, 0):
        with pytest.raises(InputError) as refused:
            register(manager, enterprise_id=wrong)
        assert refused.value.field == "enterprise_id"
    assert not Relationship.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "x"), ("username", "manager"), ("mobile", "12345"), ("password", "12345678"), ("name", "\u202eabc")],
)
def test_wrong_data_of_a_new_member_is_named_and_nothing_is_made(manager, field, value):
    with pytest.raises(InputError) as refused:
        register(manager, **{field: value})
    assert refused.value.field == field
    assert Account.objects.count() == 1


@pytest.mark.rule("K7.1", "K7.3", "K9.4")
def test_a_change_waits_for_the_member_and_the_old_rights_stay(manager, member):
    relationship = make_relationship(manager, member, points=P1)
    changed = ask_change(relationship)
    assert changed.state == Relationship.State.CHANGE_PENDING
    assert changed.grants(Point.VIEW_BILLS)
    assert not changed.grants(Point.REPAY_STATEMENT)
    assert standing_of(changed, waiting(changed)).shown == Shown.ESTABLISHED
    accepted = invitations.accept_invitation(actor=acting(member), invitation_id=waiting(changed).pk)
    assert (accepted.state, accepted.kind) == ("established", relationship.kind)
    assert accepted.grants(Point.REPAY_STATEMENT)


@pytest.mark.rule("K9.4")
@pytest.mark.parametrize("end", ["refused", "expired", "withdrawn"])
def test_a_change_that_is_not_accepted_leaves_everything_as_it_was(manager, member, end):
    sent_at = timezone.now() - (HOURS_48 if end == "expired" else timedelta())
    relationship = make_relationship(manager, member, points=P2, at=sent_at)
    changed = ask_change(relationship, points=P1, now=sent_at)
    question = waiting(changed)
    if end == "refused":
        invitations.refuse_invitation(actor=acting(member), invitation_id=question.pk)
    elif end == "withdrawn":
        invitations.withdraw_invitation(actor=acting(manager), invitation_id=question.pk)
    else:
        assert standing_of(changed, question).detail == ""
        invitations.expire_invitations()
    stored = Relationship.objects.get(pk=relationship.pk)
    assert (stored.state, stored.end) == ("established", "")
    assert preset_of(stored.points) == "operate"


def test_an_expired_change_never_blocks_the_next(manager, member):
    sent_at = timezone.now() - HOURS_48
    relationship = make_relationship(manager, member, at=sent_at)
    ask_change(relationship, now=sent_at)
    with pytest.raises(InvitationClosed):
        invitations.accept_invitation(actor=acting(member), invitation_id=waiting(relationship).pk)
    assert ask_change(relationship).state == Relationship.State.CHANGE_PENDING


def test_one_change_at_a_time_and_only_a_real_one(manager, member):
    relationship = make_relationship(manager, member, points=P1)
    with pytest.raises(InputError) as same:
        ask_change(relationship, points=P1)
    assert same.value.field == "points"
    ask_change(relationship)
    with pytest.raises(relationships.ChangeWaiting):
        ask_change(relationship)


@pytest.mark.rule("K12.8", "K13.4")
def test_finance_changes_points_only_and_the_directory_console_access_only(manager, member):
    relationship = make_relationship(manager, member, points=P1)
    console = Terms.asked(P2, console="administrator")
    ask_change(relationship, terms=console, door="directory")
    invitations.accept_invitation(actor=acting(member), invitation_id=waiting(relationship).pk)
    stored = Relationship.objects.get(pk=relationship.pk)
    assert (preset_of(stored.points), stored.console_role) == ("view", "administrator")
    ask_change(relationship, terms=Terms.asked(P2))
    invitations.accept_invitation(actor=acting(member), invitation_id=waiting(relationship).pk)
    stored = Relationship.objects.get(pk=relationship.pk)
    assert (preset_of(stored.points), stored.console_role) == ("operate", "administrator")


def test_changing_needs_its_own_code_and_role(manager, member, stranger):
    relationship = make_relationship(manager, member)
    call = {"relationship_id": relationship.pk, "terms": Terms.asked(P2)}
    with pytest.raises(CodeNeeded):
        relationships.request_change(actor=acting(manager), **call)
    with pytest.raises(NotAllowed):
        relationships.request_change(actor=acting(manager, make_operator(manager, Role.VIEWER)), **call)
    for outsider in (member, stranger):
        with pytest.raises(NotFound):
            relationships.request_change(actor=acting(outsider), **call)


@pytest.mark.rule("K8.5", "K8.10", "K8.12", "K9.2")
def test_dissolving_needs_a_code_no_consent_and_is_immediate(manager, member):
    relationship = make_relationship(manager, member, points=P2)
    with pytest.raises(CodeNeeded):
        relationships.dissolve_relationship(actor=acting(manager), relationship_id=relationship.pk)
    ended = dissolve(relationship)
    assert (ended.state, ended.end) == ("dissolved", "dissolved")
    assert not any(ended.grants(point) for point in Point)
    assert standing_of(ended, None).shown == Shown.NOT_ESTABLISHED
    with pytest.raises(relationships.NotInForce):
        dissolve(relationship)


@pytest.mark.rule("K8.2", "K8.3")
def test_the_member_sees_but_cannot_dissolve(manager, member, stranger):
    relationship = make_relationship(manager, member)
    with pytest.raises(relationships.OnlyManagerDissolves):
        dissolve(relationship, acting(member))
    with pytest.raises(NotFound):
        dissolve(relationship, acting(stranger))
    assert Relationship.objects.visible_to(member).filter(pk=relationship.pk).exists()


@pytest.mark.rule("K9.2")
def test_an_unanswered_invitation_is_withdrawn_not_dissolved(manager, member):
    invitation = make_invitation(manager, member)
    with pytest.raises(relationships.NotInForce):
        dissolve(invitation.relationship)


def test_dissolving_makes_a_waiting_change_void(manager, member):
    relationship = make_relationship(manager, member)
    ask_change(relationship)
    question = waiting(relationship)
    dissolve(relationship)
    with pytest.raises(InvitationClosed) as closed:
        invitations.accept_invitation(actor=acting(member), invitation_id=question.pk)
    assert closed.value.state == Invitation.State.VOID


@pytest.fixture
def arrears(monkeypatch):
    """A higher app that finds arrears."""

    def check(_relationship):
        yield Finding("K8.6", blocks=True, sentence="12.00 yuan are owed")

    monkeypatch.setattr(preflight, "_checks", [*preflight._checks, check])


def test_a_registered_check_can_stop_dissolving(manager, member, arrears):
    relationship = make_relationship(manager, member)
    with pytest.raises(relationships.Blocked) as blocked:
        dissolve(relationship)
    assert [finding.rule for finding in blocked.value.findings] == ["K8.6"]
    assert preflight.findings(relationship)[0].blocks


@pytest.mark.rule("K8.4")
def test_preflight_names_what_is_lost(manager):
    sister = make_account(enterprise=manager.enterprise)
    relationship = make_relationship(manager, sister, inherits=["discount"])
    rules = [finding.rule for finding in preflight.findings(relationship)]
    assert {"K8.4", "K8.10", "K8.11"} <= set(rules)


def test_after_dissolving_the_accounts_can_be_linked_again(manager, member):
    dissolve(make_relationship(manager, member))
    assert make_relationship(manager, member).is_in_force


@pytest.mark.django_db
@pytest.mark.rule("K6.6", "K6.7")
def test_both_kinds_offer_both_rights_until_staff_narrow_one():
    assert set(offered_points("group")) == set(offered_points("partner")) == P2


@pytest.mark.django_db
def test_a_withheld_point_cannot_be_asked_for(manager, member):
    WithheldPoint.objects.create(kind="partner", point=Point.REPAY_STATEMENT)
    with pytest.raises(InputError) as refused:
        make_invitation(manager, member, kind="partner", points=P2)
    assert refused.value.field == "points"
    assert make_invitation(manager, member, kind="group", points=P2)


@pytest.mark.rule("K12.9")
def test_a_former_link_is_taken_over_with_its_console_access(manager, member):
    relationship = relationships.migrate_member(
        actor=acting(manager), manager=manager, member=member, terms=Terms.asked(P1, console="former")
    )
    assert (relationship.state, relationship.console_role, relationship.origin) == ("established", "former", "migrated")
    with pytest.raises(InputError):
        relationships.migrate_member(
            actor=acting(manager), manager=manager, member=make_account(), terms=Terms.asked(console="administrator")
        )


BROKEN_BY_HAND = [
    "UPDATE accounts_relationship SET state = 'friends'",
    "UPDATE accounts_relationship SET member_id = manager_id",
    "UPDATE accounts_relationship SET kind = 'partner', console_role = 'administrator'",
    "UPDATE accounts_event SET kind = 'nothing'",
    "DELETE FROM accounts_event",
    "TRUNCATE accounts_event CASCADE",
]


@pytest.mark.parametrize("statement", BROKEN_BY_HAND)
def test_the_database_itself_refuses(manager, member, statement):
    make_relationship(manager, member)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.rule("K3.4")
def test_the_database_knows_one_group_place_and_one_live_link_per_pair(manager, member, stranger):
    relationship = make_relationship(manager, member)
    for other in ({"manager": stranger}, {"kind": "partner"}):
        row = {"manager": manager, "member": member, "kind": "group", **other}
        copy = Relationship(**row)
        copy.establish(terms=Terms.of(relationship), at=timezone.now())
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()


def test_the_remark_is_the_managers_own(manager, member):
    relationship = make_relationship(manager, member)
    relationships.edit_remark(actor=acting(manager), relationship_id=relationship.pk, remark="老客户")
    with pytest.raises(DomainError):
        relationships.edit_remark(actor=acting(member), relationship_id=relationship.pk, remark="x")
    assert not Event.objects.filter(kind="relationship.remarked", counterpart=member).exists()
