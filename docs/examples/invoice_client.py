"""A client of the invoice cloud's open API, to copy into a business system. Needs Python 3.11 and `cryptography`.

    client = InvoiceClient("https://…/open", client_id, client_secret, encrypt_key)
    client.issue({"serialNo": "SO-1", "invoiceType": "02", "salerTaxNo": "91…", …})
    invoice = client.wait_for("91…", "SO-1")
    print(invoice["invoiceNo"], invoice["pdfUrl"])

As a program it issues the invoice that lies in a JSON file and prints its number:

    OPEN_URL=… CLIENT_ID=… CLIENT_SECRET=… ENCRYPT_KEY=… python invoice_client.py invoice.json
"""

import base64
import hashlib
import hmac
import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

HMAC_SHA256 = "2"
ISSUED, REFUSED = "2", "3"
RETRY_LATER = ("1900", "1901")  # too many calls, or busy: nothing was done
TOKEN_OVER = "1211"


class InvoiceCloudError(Exception):
    """The invoice cloud said no: `errcode` for programs, the text for people, `faults` names each wrong field."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.errcode: str = answer["errcode"]
        self.faults: list[dict[str, str]] = (answer.get("data") or {}).get("faults", [])
        self.reference: str = (answer.get("data") or {}).get("reference", "")
        super().__init__(f"{self.errcode}: {answer['description']}")


class InvoiceClient:
    """Gets a token when it needs one, seals what must be sealed, and waits where it is told to.

    `url` is the address that stands beside the keys; it ends with `/open/`.
    """

    def __init__(self, url: str, client_id: str, client_secret: str, encrypt_key: str) -> None:
        self.url, self.client_id = url.rstrip("/"), client_id
        self.client_secret, self.encrypt_key = client_secret, encrypt_key
        self.token, self.token_ends = "", 0.0

    def issue(self, invoice: dict[str, Any]) -> dict[str, Any]:
        """Orders the invoice. Sent again after a broken connection it is the same one: the serial sees to that."""
        return self.call("/m5/bill/invoice/create", sealed(invoice, self.encrypt_key))

    def query(self, tax_number: str, serial: str) -> dict[str, Any]:
        """What became of a serial."""
        return self.call("/invoice/query", taxNo=tax_number, serialNo=serial)

    def wait_for(self, tax_number: str, serial: str, *, seconds: float = 120, pause: float = 2) -> dict[str, Any]:
        """The invoice, once it is issued or refused; as it stands then if that takes longer."""
        until = time.monotonic() + seconds
        while True:
            invoice = self.query(tax_number, serial)
            if invoice["status"] in (ISSUED, REFUSED) or time.monotonic() > until:
                return invoice
            time.sleep(pause)

    def take_back(self, serial: str, tax_number: str, number: str, reason: str = "2") -> dict[str, Any]:
        """A red invoice over all that is left; reasons: 1 returned, 2 error, 3 service ended, 4 allowance."""
        body = {"serialNo": serial, "salerTaxNo": tax_number, "originalInvoiceNo": number, "redReason": reason}
        return self.call("/m5/bill/invoice/invalid", as_json(body))

    def collect(self, invoices: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Hands over received invoices; answers what became of each."""
        return self.call("/m4/fpzs/invoice/collect", as_json({"invoices": invoices}))

    def set_use(self, status: str, numbers: list[str]) -> list[dict[str, Any]]:
        """1 not used, 30 in use, 60 used, 65 booked."""
        body = {"expendStatus": status, "invoices": [{"invoiceNo": number} for number in numbers]}
        return self.call("/m4/fpzs/expense/invoice/status/update", as_json(body))

    def verify(self, tax_number: str, number: str, day: str, total: str) -> dict[str, Any]:
        """Whether the tax authority knows an invoice so."""
        body = {"taxNo": tax_number, "invoiceNo": number, "invoiceDate": day, "totalAmount": total}
        return self.call("/m3/bill/invoice/img/Check/info", as_json(body))

    def entitlements(self, tax_number: str) -> list[dict[str, Any]]:
        """What the tax number may still do."""
        return self.call("/m5/bill/entitlement/query", taxNo=tax_number)

    def call(self, path: str, body: bytes | None = None, **query: str) -> Any:
        """One call: with a fresh token if the old one is over, and again a little later if it is told so."""
        for tries_left in (3, 2, 1, 0):
            try:
                return self._send(path, body, query)["data"]
            except InvoiceCloudError as error:
                if not tries_left or error.errcode not in (*RETRY_LATER, TOKEN_OVER):
                    raise
                self.token_ends = 0 if error.errcode == TOKEN_OVER else self.token_ends
                time.sleep(0 if error.errcode == TOKEN_OVER else 2)
        raise AssertionError("unreachable")

    def _send(self, path: str, body: bytes | None, query: dict[str, str]) -> dict[str, Any]:
        if time.time() > self.token_ends - 60:
            self._log_in()
        reqid = f"{int(time.time() * 1000)}{random.randrange(1000):03d}"
        asked = urllib.parse.urlencode({"access_token": self.token, "reqid": reqid, **query})
        return self._request(f"{path}?{asked}", body)

    def _log_in(self) -> None:
        timestamp = str(int(time.time() * 1000))
        text = f"{self.client_id}{self.client_secret}{timestamp}"
        sign = hmac.new(self.client_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        body = {"client_id": self.client_id, "sign": sign, "timestamp": timestamp, "encType": HMAC_SHA256}
        answer = self._request("/base/oauth/token", as_json(body))
        self.token, self.token_ends = answer["access_token"], time.time() + answer["expires_in"]

    def _request(self, path: str, body: bytes | None) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            answer = json.load(error)
        if answer["errcode"] != "0000":
            raise InvoiceCloudError(answer)
        return answer


def as_json(body: Any) -> bytes:
    """As it is sent in plain."""
    return json.dumps(body, ensure_ascii=False).encode()


def sealed(body: Any, encrypt_key: str) -> bytes:
    """base64(AES-128-ECB(JSON, encrypt key)), padded as PKCS5 asks."""
    padder, encryptor = PKCS7(128).padder(), Cipher(algorithms.AES128(encrypt_key.encode()), modes.ECB()).encryptor()
    padded = padder.update(as_json(body)) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize())


def main() -> None:
    """Issues the invoice of the file and prints what became of it."""
    wanted = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    names = ("OPEN_URL", "CLIENT_ID", "CLIENT_SECRET", "ENCRYPT_KEY")
    client = InvoiceClient(*(os.environ[name] for name in names))
    try:
        client.issue(wanted)
        invoice = client.wait_for(wanted["salerTaxNo"], wanted["serialNo"])
    except InvoiceCloudError as error:
        sys.exit("\n".join([str(error), *(f"  {fault['field']}: {fault['message']}" for fault in error.faults)]))
    print(invoice["invoiceNo"] or invoice["failReason"] or "still being issued", invoice["pdfUrl"])


if __name__ == "__main__":
    main()
