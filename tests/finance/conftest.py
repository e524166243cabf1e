"""What the tests of money share."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import Account
from finance.models import TopUp
from tests.finance.paying import announce_online, open_it
from tests.servers.gateway import PaymentGateway, gateway


@pytest.fixture
def there(settings: Settings) -> Iterator[PaymentGateway]:
    """A payment gateway, and settings that lead to it."""
    with gateway() as state:
        settings.PAYMENT_BACKEND = "finance.payments.gateway.GatewayBackend"
        settings.PAYMENT_OPTIONS = state.options
        yield state


@pytest.fixture
def opened(there: PaymentGateway, manager: Account) -> TopUp:
    """A top-up of the manager's whose order waits at the gateway."""
    return open_it(announce_online(manager))
