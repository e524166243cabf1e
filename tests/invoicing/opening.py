"""Short ways to tenants whose tax numbers hold entitlements, and to the business systems that call for them."""

import itertools
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Account
from config.sealing import seal
from invoicing import policy
from invoicing.client_secrets import ENCRYPT_KEY as KEY_PURPOSE
from invoicing.client_secrets import SECRET as SECRET_PURPOSE
from invoicing.models import AccessToken, CloudOrder, Credential, Entitlement, Package, Service, Taxpayer, Tenant
from invoicing.services.tokens import digest_of
from tests.factories import credit_code, make_account
from tests.finance.buying import order, prepaid

_numbers = itertools.count(1)
DAY = timedelta(days=1)


def make_tenant(account: Account | None = None, **more: Any) -> Tenant:
    """A tenant without enterprises."""
    number = next(_numbers)
    fields = {"number": f"T{number:08d}", "name": f"租户{number}", "erp": "xingkong", "email": "erp@example.com"}
    return Tenant.objects.create(account=account or make_account(), **fields | more)


def make_taxpayer(tenant: Tenant | None = None, **more: Any) -> Taxpayer:
    """An enterprise bound to the tenant."""
    number = next(_numbers)
    fields = {"tax_number": credit_code(400_000 + number), "name": f"企业{number}有限公司"}
    return Taxpayer.objects.create(tenant=tenant or make_tenant(), **fields | more)


def entitle(taxpayer: Taxpayer, granted: int = 100, service: str = Service.ISSUING, **more: Any) -> Entitlement:
    """So many uses, valid since yesterday for a year."""
    account, now = taxpayer.tenant.account, timezone.now()
    product = prepaid()
    package = Package.objects.create(product=product, service=service, quantity=granted)
    cloud_order = CloudOrder.objects.create(
        order=order(account, product, at=now),
        account=account,
        package=package,
        tax_numbers=1,
        state="activated",
        tenant=taxpayer.tenant,
        email=taxpayer.tenant.email,
    )
    fields: dict[str, Any] = {"starts_at": now - DAY, "expires_at": now + 365 * DAY, "granted": granted}
    return Entitlement.objects.create(order=cloud_order, taxpayer=taxpayer, service=service, **fields | more)


SECRET, ENCRYPT_KEY = "s3cretOfTheBusinessSystem0123456", "0123456789abcdef"


def make_client(tenant: Tenant | None = None, **more: Any) -> Credential:
    """What the tenant's business system logs in with: `SECRET` and `ENCRYPT_KEY`."""
    fields = {"client_id": f"client{next(_numbers):08d}", "secret": seal(SECRET, purpose=SECRET_PURPOSE)}
    fields["encrypt_key"] = seal(ENCRYPT_KEY, purpose=KEY_PURPOSE)
    return Credential.objects.create(tenant=tenant or make_tenant(), **fields | more)


def token_for(client: Credential, at: datetime | None = None) -> str:
    """A token that lives from that moment on."""
    now, token = at or timezone.now(), secrets.token_urlsafe(32)
    AccessToken.objects.create(
        client=client,
        digest=digest_of(token=token),
        timestamp=f"{next(_numbers):013d}",
        made_at=now,
        expires_at=now + policy.TOKEN_LIFE,
    )
    return token
