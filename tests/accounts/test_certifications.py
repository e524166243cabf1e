"""Real-name verification, through the service."""

import pytest

from accounts.actors import Actor, Door
from accounts.models import Account, Certification, Enterprise, Event
from accounts.permissions import Role
from accounts.services.certifications import (
    AlreadyCertified,
    NameDiffers,
    ReviewWaiting,
    approve_certification,
    reject_certification,
    submit_enterprise,
    submit_individual,
)
from accounts.targets import check_target
from config.errors import DomainError, InputError, NotAllowed, NotFound
from tests.factories import acting, credit_code, make_account, make_operator, make_user

NAME, CODE = "云岭科技集团有限公司", credit_code(777)
CITIZEN = "11010519491231002X"  # the example of the national standard
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def fresh():
    """An account that is not verified."""
    return make_account(certified=Account.Certified.NO, username="fresh")


@pytest.fixture
def staff():
    """Support staff with every right."""
    return Actor(door=Door.STAFF, user=make_user(is_staff=True, is_superuser=True))


def apply(account, **fields):
    given = {"name": NAME, "credit_code": CODE} | fields
    return submit_enterprise(actor=given.pop("actor", None) or acting(account), account=account, **given)


def rule_against(manager, target):
    """By which rule the manager cannot link it."""
    problem = check_target(manager, target.username).problem
    return problem and problem.rule


@pytest.mark.rule("K2.2", "K3.1")
def test_an_approved_application_makes_the_account_an_enterprise(fresh, staff):
    application = apply(fresh, credit_code=CODE.lower(), legal_representative="林远舟")
    approve_certification(actor=staff, certification_id=application.pk)
    fresh.refresh_from_db()
    assert fresh.is_enterprise
    assert (fresh.enterprise.credit_code, fresh.enterprise.name, fresh.enterprise.legal_representative) == (
        CODE,
        NAME,
        "林远舟",
    )
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["certification.submitted", "certification.approved"]


def test_two_accounts_of_one_company_share_its_one_enterprise(staff):
    accounts = [make_account(certified=Account.Certified.NO) for _ in range(2)]
    for account in accounts:
        approve_certification(actor=staff, certification_id=apply(account).pk)
    assert Enterprise.objects.filter(credit_code=CODE).count() == 1
    first, second = Account.objects.filter(pk__in=[account.pk for account in accounts])
    assert first.same_enterprise(second)


def test_a_code_that_is_known_under_another_name_is_not_approved(fresh, staff):
    Enterprise.objects.create(credit_code=CODE, name="另一家有限公司")
    application = apply(fresh)
    with pytest.raises(NameDiffers, match="另一家有限公司"):
        approve_certification(actor=staff, certification_id=application.pk)
    fresh.refresh_from_db()
    assert not fresh.is_enterprise
    assert Certification.objects.get().state == "submitted"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "云岭\u200b科技"}, "name"),
        ({"credit_code": ""}, "credit_code"),
        ({"credit_code": CODE[:-1]}, "credit_code"),
        ({"credit_code": CODE[:-1] + ("A" if CODE[-1] != "A" else "B")}, "credit_code"),
        ({"credit_code": CODE.replace("9", "９", 1)}, ""),
    ],
)
def test_wrong_input_names_its_field(fresh, wrong, field):
    if not field:
        assert apply(fresh, **wrong).credit_code == CODE
        return
    with pytest.raises(InputError) as refused:
        apply(fresh, **wrong)
    assert refused.value.field == field
    assert not Certification.objects.exists()


@pytest.mark.rule("K3.1")
def test_an_individual_is_verified_but_cannot_be_linked(fresh, staff, manager):
    application = submit_individual(actor=acting(fresh), account=fresh, name="何静澜", citizen_id=CITIZEN.lower())
    assert application.holder_id_masked == "11************002X"
    assert CITIZEN not in str(list(Certification.objects.values()))
    approve_certification(actor=staff, certification_id=application.pk)
    fresh.refresh_from_db()
    assert (fresh.certified, fresh.holder_name, fresh.enterprise) == ("individual", "何静澜", None)
    assert rule_against(manager, fresh) == "K3.1"


@pytest.mark.rule("K3.2")
@pytest.mark.parametrize("applied", [False, True])
def test_an_account_without_a_decision_cannot_be_linked(fresh, manager, applied):
    if applied:
        apply(fresh)
    assert rule_against(manager, fresh) == "K3.2"


def test_an_individual_may_become_an_enterprise_but_not_the_other_way(fresh, staff):
    first = submit_individual(actor=acting(fresh), account=fresh, name="何静澜", citizen_id=CITIZEN)
    approve_certification(actor=staff, certification_id=first.pk)
    with pytest.raises(InputError):
        submit_individual(actor=acting(fresh), account=fresh, name="何静澜", citizen_id=CITIZEN)
    approve_certification(actor=staff, certification_id=apply(fresh).pk)
    fresh.refresh_from_db()
    assert (fresh.is_enterprise, fresh.holder_name) == (True, "")
    with pytest.raises(AlreadyCertified):
        submit_individual(actor=acting(fresh), account=fresh, name="何静澜", citizen_id=CITIZEN)
    with pytest.raises(AlreadyCertified):
        apply(fresh)


def test_one_application_waits_at_a_time(fresh, staff):
    first = apply(fresh)
    with pytest.raises(ReviewWaiting):
        apply(fresh)
    with pytest.raises(ReviewWaiting):
        submit_individual(actor=acting(fresh), account=fresh, name="何静澜", citizen_id=CITIZEN)
    reject_certification(actor=staff, certification_id=first.pk, reason="名称与执照不符")
    assert apply(fresh).pk != first.pk


def test_a_refusal_has_a_reason_and_changes_nothing_else(fresh, staff):
    application = apply(fresh)
    with pytest.raises(InputError):
        reject_certification(actor=staff, certification_id=application.pk, reason="  ")
    reject_certification(actor=staff, certification_id=application.pk, reason="名称与执照不符")
    fresh.refresh_from_db()
    application = Certification.objects.get()
    assert (fresh.certified, application.state, application.reason) == ("no", "rejected", "名称与执照不符")


def test_a_decision_is_made_once(fresh, staff):
    application = apply(fresh)
    approve_certification(actor=staff, certification_id=application.pk)
    for decide in (
        lambda: approve_certification(actor=staff, certification_id=application.pk),
        lambda: reject_certification(actor=staff, certification_id=application.pk, reason="x"),
    ):
        with pytest.raises(DomainError):
            decide()
    with pytest.raises(NotFound):
        approve_certification(actor=staff, certification_id=0)


def test_only_staff_with_the_permission_decides(fresh):
    application = apply(fresh)
    without = Actor(door=Door.STAFF, user=make_user(is_staff=True))
    for actor in (acting(fresh), without, Actor(door=Door.CONSOLE, user=make_user(is_superuser=True, is_staff=True))):
        with pytest.raises(NotAllowed):
            approve_certification(actor=actor, certification_id=application.pk)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_only_owners_apply(fresh, role):
    with pytest.raises(NotAllowed):
        apply(fresh, actor=acting(fresh, make_operator(fresh, role)))


def test_strangers_find_nothing(fresh, stranger):
    with pytest.raises(NotFound):
        apply(fresh, actor=acting(stranger))
