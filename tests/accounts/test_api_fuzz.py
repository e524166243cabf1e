"""Every operation of accounts, called with what fits it and what does not (`tests.fuzzing`)."""

import pytest

from accounts import policy
from accounts.models import Invitation, Relationship
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_invitation, make_relationship
from tests.fuzzing import Fuzzer

TARGETS = 8
KNOWN = {
    "identifier": [f"free{number}" for number in range(TARGETS + 1)],
    "remark": ["", "苏州工厂", "物流伙伴", "a\u200bb"],
    "inherits": [[], [], ["discount"]],  # what only accounts of one enterprise may
}
TAGS = ("account", "invitations", "relationships")


@pytest.mark.django_db
@pytest.mark.usefixtures("cheap_hashes")
def test_nothing_that_is_sent_breaks_it(manager, member, stranger, monkeypatch):
    for name in ("API_CALLS_PER_KEY", "TARGET_CHECKS_PER_ACCOUNT", "RESENDS_PER_INVITATION"):
        monkeypatch.setattr(policy, name, (10**6, 60))
    make_relationship(manager, member, kind="group")
    make_invitation(manager, stranger, kind="partner")
    make_relationship(make_account(), manager, kind="partner")
    for number in range(TARGETS):
        make_account(username=f"free{number}")
        make_invitation(manager, make_account(), kind="partner")
        make_relationship(manager, make_account(), kind="partner")
    ids = {
        "invitations": list(Invitation.objects.open().values_list("pk", flat=True)),
        "relationships": list(Relationship.objects.in_force().values_list("pk", flat=True)),
    }
    seen = Fuzzer(ApiClient(manager), known=KNOWN, ids=ids, examples=90).run(TAGS)
    assert len(seen) == 12
    assert [name for name, statuses in seen.items() if min(statuses) >= 300] == []
