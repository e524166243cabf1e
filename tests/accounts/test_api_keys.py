"""Keys of business systems, through the service."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import policy
from accounts.actors import Actor, Door, NotInMemberConsole
from accounts.models import ApiKey, Event, OneTimeCode, Relationship
from accounts.models.api_key import Scope
from accounts.permissions import ConsoleRole, Role
from accounts.services.api_keys import create_key, digest_of, grantable_scopes, revoke_key
from accounts.services.codes import CodeNeeded
from config.errors import DomainError, InputError, NotAllowed, NotFound
from tests.factories import acting, clear, make_operator, make_relationship, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def create(account, **fields):
    actor = fields.pop("actor", None) or acting(account)
    clear(owner_of(account), OneTimeCode.Purpose.CREATE_KEY, f"account:{account.pk}")
    return create_key(actor=actor, account=account, **{"name": "ERP", "scopes": [Scope.READ]} | fields)


def test_the_secret_is_known_once_and_kept_as_a_digest(manager):
    key, secret = create(manager, scopes=[Scope.WRITE, Scope.READ])
    assert secret.startswith("tz_")
    assert len(secret) > 40
    assert key.digest == digest_of(secret=secret)
    assert secret not in str(ApiKey.objects.values())
    assert secret not in str(Event.objects.values())
    assert key.scopes == [Scope.READ, Scope.WRITE]


def test_it_needs_a_code_for_this_account_and_spends_it(manager, member):
    actor = acting(manager)
    with pytest.raises(CodeNeeded):
        create_key(actor=actor, account=manager, name="ERP", scopes=[Scope.READ])
    clear(owner_of(manager), OneTimeCode.Purpose.CREATE_KEY, f"account:{member.pk}")
    clear(owner_of(manager), OneTimeCode.Purpose.INVITE, f"account:{manager.pk}")
    with pytest.raises(CodeNeeded):
        create_key(actor=actor, account=manager, name="ERP", scopes=[Scope.READ])
    create(manager)
    with pytest.raises(CodeNeeded):
        create_key(actor=actor, account=manager, name="ERP", scopes=[Scope.READ])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["all"]}, "scopes"),
    ],
)
def test_wrong_input_names_its_field_and_keeps_the_code(manager, wrong, field):
    with pytest.raises(InputError) as refused:
        create(manager, **wrong)
    assert refused.value.field == field
    assert not ApiKey.objects.exists()


def test_there_is_an_end_to_keys_and_revoked_ones_do_not_count(manager, monkeypatch):
    monkeypatch.setattr(policy, "API_KEYS_MAX", 2)
    first, _secret = create(manager)
    create(manager)
    with pytest.raises(DomainError) as refused:
        create(manager)
    assert "2" in str(refused.value)
    revoke_key(actor=acting(manager), account=manager, key_id=first.pk)
    create(manager)


def test_revoking_holds_at_once_and_happens_once(manager):
    key, _secret = create(manager)
    for _ in range(2):
        revoke_key(actor=acting(manager), account=manager, key_id=key.pk)
    assert not ApiKey.objects.usable().exists()
    assert Event.objects.filter(kind="api_key.revoked").count() == 1


def test_a_key_past_its_end_is_not_usable(manager):
    key, _secret = create(manager)
    key.expires_at = timezone.now() - timedelta(seconds=1)
    key.save(update_fields=["expires_at"])
    assert not ApiKey.objects.usable().exists()


def test_keys_belong_to_their_account_and_to_owners(manager, stranger):
    key, _secret = create(manager)
    with pytest.raises(NotFound):
        revoke_key(actor=acting(stranger), account=stranger, key_id=key.pk)
    with pytest.raises(NotFound):
        revoke_key(actor=acting(stranger), account=manager, key_id=key.pk)
    finance = acting(manager, make_operator(manager, Role.FINANCE))
    with pytest.raises(NotAllowed):
        create(manager, actor=finance)
    assert owner_of(manager) == key.created_by


@pytest.mark.rule("K13.4")
def test_through_a_members_console_no_key_reaches_its_links_or_funds(manager, member):
    link = make_relationship(manager, member)
    Relationship.objects.filter(pk=link.pk).update(console_role=ConsoleRole.ADMINISTRATOR)
    inside = Actor(door=Door.CONSOLE, user=owner_of(manager), account=member, through=link)
    assert grantable_scopes(actor=acting(member), account=member) == list(Scope)
    assert grantable_scopes(actor=inside, account=member) == [Scope.READ]
    for scope in set(Scope) - {Scope.READ}:
        with pytest.raises(NotInMemberConsole):
            create(member, actor=inside, scopes=[Scope.READ, scope])
    assert not ApiKey.objects.exists()
