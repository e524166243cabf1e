"""Signatures and sealed bodies: the contract's vectors, and what was altered."""

import pytest

from invoicing.tax.cipher import CipherError, SignKind, opened, sealed, sign

WHO = {"client_id": "demoClientId01", "secret": "demoClientSecret01", "timestamp": "1700000000000"}
KEY = "0123456789abcdef"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (SignKind.MD5, "d475cc44480e82c9cc40e07675dec8c0"),
        (SignKind.SHA256, "7aaa9dd279ed42e5ed9348b89203be0af2901edf19984b1e771b1a5710b65e77"),
        (SignKind.HMAC_SHA256, "0afaa11063c3b77ee832362e3f6fcc560290f1605aed9c313d475f7a1e5ee126"),
    ],
)
def test_the_three_signatures(kind, expected):
    assert sign(**WHO, kind=kind) == expected


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ('{"serialNo":"S1"}', "3cFRkAbWGhauu4VzHgWJGQMACutP9R0pGI+C5KFiofY="),
        ('{"buyerName":"测试"}', "7PvNN/CbzQCSIRjOSOSHB2tpm1Qjo87NgVLXK0GmQc4="),
    ],
)
def test_sealed_bodies(text, body):
    assert sealed(text, key=KEY) == body
    assert opened(body, key=KEY) == text


@pytest.mark.parametrize("body", ["", "no base64!", "QUJD", sealed("{}", key="f" * 16), "测试"])
def test_what_was_not_sealed_with_the_key_is_not_opened(body):
    with pytest.raises(CipherError):
        opened(body, key=KEY)


def test_a_key_has_sixteen_signs():
    with pytest.raises(CipherError):
        sealed("{}", key="short")
