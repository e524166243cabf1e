"""Files that the platform of `invoicing.tax.kingdee` names in its answers."""

from typing import Final
from urllib.parse import urlsplit

from accounts import outgoing
from invoicing.policy import FILE_BYTES_MAX
from invoicing.tax.contract import Busy

LOCAL: Final = ("localhost", "127.0.0.1")


def is_beside(address: str, endpoint: str) -> bool:
    """Whether it lies on the platform's own hosts: what an answer names elsewhere is not fetched."""
    there, here = urlsplit(address), urlsplit(endpoint)
    if here.hostname in LOCAL:
        return there.scheme in {"http", "https"} and there.netloc == here.netloc
    ours = ".".join((here.hostname or "").split(".")[-2:])
    return there.scheme == "https" and f".{there.hostname}".endswith(f".{ours}") and there.port in {None, 443}


def fetch(address: str, seconds: float) -> bytes | None:
    """The PDF at that address; None where there is something else. Raises Busy."""
    headers = {"Accept": "application/pdf"}
    try:
        answer = outgoing.call("GET", address, headers=headers, seconds=seconds, bytes_max=FILE_BYTES_MAX)
    except outgoing.OutgoingError as error:
        raise Busy(str(error)) from error
    return answer.body if answer.status == 200 and answer.body.startswith(b"%PDF-") else None
