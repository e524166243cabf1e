"""A payment gateway that speaks our contract, signs like it in another way, and plays its bad days."""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.servers.local import Reply, Request, serving

SECRET = "the-secret-of-the-payment-gateway"
MERCHANT = "tongzhang-test"
_nonces = itertools.count(1)


@dataclass
class PaymentGateway:
    """What it was asked, which orders it knows, and what it shall answer instead."""

    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    orders: dict[str, dict[str, str]] = field(default_factory=dict)
    plays: Reply | None = None  # answered instead, though the order is taken
    takes: bool = True

    @property
    def options(self) -> dict[str, str]:
        """`PAYMENT_OPTIONS` that lead here."""
        return {"endpoint": self.url, "merchant": MERCHANT, "secret": SECRET, "timeout": "5"}

    def message(self, reference: str, status: str = "paid", /, **changed: Any) -> bytes:
        """What it reports about an order, as it knows it."""
        known = self.orders.get(reference, {"amount": "100.00", "provider_id": f"gw-{reference}"})
        said = {"reference": reference, "provider_id": known["provider_id"], "amount": known["amount"]}
        return json.dumps({**said, "status": status, **changed}).encode()


def signed(
    body: bytes, *, secret: str = SECRET, at: float | None = None, nonce: str = "", **changed: str
) -> dict[str, str]:
    """The headers of a message that is signed now, or then."""
    stamp, word = str(int(time.time() if at is None else at)), nonce or f"nonce-{next(_nonces):016d}"
    text = b".".join([stamp.encode(), word.encode(), body])
    signature = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {"X-Pay-Timestamp": stamp, "X-Pay-Nonce": word, "X-Pay-Signature": signature, **changed}


@contextmanager
def gateway() -> Iterator[PaymentGateway]:
    """The gateway, and on its network this machine's address."""
    state = PaymentGateway()
    nonces: set[str] = set()

    def answer(request: Request) -> Reply:
        said = json.loads(request.body)
        if not _proved(request) or request.headers["x-pay-nonce"] in nonces:
            return Reply.json({"error": "signature"}, 401)
        nonces.add(request.headers["x-pay-nonce"])
        state.asked.append((request.path, said))
        reply = _place(state, said) if request.path == "/orders" else _find(state, said)
        return state.plays or reply

    with serving(answer) as url:
        state.url = url
        yield state


def _proved(request: Request) -> bool:
    stamp, nonce = request.headers["x-pay-timestamp"], request.headers["x-pay-nonce"]
    text = b".".join([stamp.encode(), nonce.encode(), request.body])
    right = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    fresh = abs(time.time() - int(stamp)) < 300
    return fresh and request.headers["x-pay-merchant"] == MERCHANT and right == request.headers["x-pay-signature"]


def _place(state: PaymentGateway, said: dict[str, str]) -> Reply:
    if not state.takes:
        return Reply.json({"error": "closed"}, 422)
    order = state.orders.setdefault(
        said["reference"],
        {
            **said,
            "provider_id": f"gw-{said['reference']}",
            "status": "waiting",
            "pay_url": f"{state.url}/pay/{said['reference']}",
        },
    )
    return Reply.json({"provider_id": order["provider_id"], "pay_url": order["pay_url"]}, 201)


def _find(state: PaymentGateway, said: dict[str, str]) -> Reply:
    order = state.orders.get(said["reference"])
    if order is None:
        return Reply.json({"error": "unknown"}, 404)
    return Reply.json({name: order[name] for name in ("reference", "provider_id", "amount", "status", "pay_url")})
