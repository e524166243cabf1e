"""Short ways to disputes."""

from finance.models import BillLine, Dispute
from finance.services.disputes import accept_dispute, raise_dispute, refuse_dispute
from tests.finance.billing import LATER
from tests.finance.funds import D, mover, staff


def doubt(line: BillLine, amount: str, by=None, **more) -> Dispute:
    """The payer, or this account, disputes so much of the line."""
    more.setdefault("reason", "用量不对")
    return raise_dispute(actor=mover(by or line.payer), line_id=line.pk, amount=D(amount), now=LATER, **more)


def accept(dispute: Dispute, by=None) -> Dispute:
    """Staff agree."""
    return accept_dispute(actor=by or staff(), dispute_id=dispute.pk, answer="同意", now=LATER)


def refuse(dispute: Dispute, by=None) -> Dispute:
    """Staff disagree."""
    return refuse_dispute(actor=by or staff(), dispute_id=dispute.pk, answer="计量无误", now=LATER)
