"""Every operation for clients, called with what fits it and what does not (`tests.fuzzing`)."""

import hashlib

import pytest

from accounts import policy as accounts_policy
from kiscloud import policy
from kiscloud.models import Device
from tests.factories import make_user
from tests.fuzzing import Fuzzer
from tests.kiscloud.clients import KisClient
from tests.kiscloud.kis import active, make_company, make_set
from tests.kiscloud.seating import released, sit
from tests.kiscloud.test_sent_backups import Server

LIMITS = ("CLIENT_CALLS", "LAUNCHES", "CODE_TRIES")


@pytest.mark.django_db
@pytest.mark.usefixtures("cheap_hashes")
def test_nothing_that_is_sent_breaks_it(monkeypatch):
    for name in LIMITS:
        monkeypatch.setattr(policy, name, (10**6, 60))
    for name in ("LOGINS_PER_NAME", "LOGINS_PER_ADDRESS"):
        monkeypatch.setattr(accounts_policy, name, (10**6, 60))
    user, other = make_user(), make_user()
    product = active(make_company(user), users=2)
    books = make_set(product, user, other)
    client = KisClient(user)
    seats = [client.post("seats/", {"set": books.pk}).json()["id"], sit(other, books).pk]
    client.upload("a.txt", b"a")
    released()
    known = {
        "set": [books.pk],
        "inventory": [product.pk],
        "product": [product.pk],
        "installation": ["pc-00001", "pc-00002"],
        "version": ["9.0.1", "9.0"],
        "name": ["账.xlsx"],
        "endpoint": ["203.0.113.7:8080", ""],
    }
    ids = {"client": [*seats, *Device.objects.filter(user=user).values_list("pk", flat=True)]}
    fuzzer = Fuzzer(client, known=known, ids=ids, examples=12)
    seen = fuzzer.run(["client"])
    assert len(seen) == 30
    assert sum(min(statuses) < 300 for statuses in seen.values()) > 14  # and much of it is understood
    # What a private server sends comes under its own code.
    fuzzer.api = Server(user, product)
    fuzzer.known = {"sha256": [hashlib.sha256(b"").hexdigest()]}
    sending = [one for one in fuzzer.operations(["client"]) if one[2]["operationId"] == "private_servers_send_backup"]
    assert fuzzer.call_often(*sending[0]) <= {400, 413, 415, 422}
