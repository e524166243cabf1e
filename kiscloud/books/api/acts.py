"""What is done with one voucher, by the API."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.view import Outcome
from kiscloud.books.api.base import TAGS, BooksView
from kiscloud.books.api.vouchers import shown
from kiscloud.books.models import Voucher
from kiscloud.books.serializers import WholeBookVoucherOut
from kiscloud.books.services.posting import audit_voucher, post_voucher, unaudit_voucher
from kiscloud.books.services.reversing import reverse_voucher
from kiscloud.books.services.vouchers import void_voucher


class VoucherAct(BooksView):
    """One act."""

    service: ClassVar[Callable[..., Voucher]]
    answer: ClassVar[int] = 200

    def post(self, request: Request, number: str, pk: int) -> Response:  # noqa: ARG002
        """The voucher as it is afterwards."""
        service: Any = type(self).service

        def act() -> Outcome:
            place = self.place(number)
            shown(place, pk)
            done = service(actor=self.actor, account_set=place.account_set, voucher_id=pk)
            return self.answer, shown(place, done.pk)

        return self.once(self.memory, act)


def _described(name: str, summary: Any, description: Any, *, status: int = 200) -> Any:
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"books_vouchers_{name}",
            tags=TAGS,
            summary=summary,
            description=description,
            request=None,
            responses={status: WholeBookVoucherOut},
        )
    )


@_described("audit", _("Audit a voucher"), _("Somebody else than its maker finds it right."))
class Audit(VoucherAct):
    """Audit a voucher."""

    service = staticmethod(audit_voucher)


@_described("unaudit", _("Take back an audit"), _("It can be changed again."))
class Unaudit(VoucherAct):
    """Take back an audit."""

    service = staticmethod(unaudit_voucher)


@_described(
    "post",
    _("Post a voucher"),
    _(
        "It is in the books for good. Only audited ones of the current period, or saved ones where the books do "
        "without audits."
    ),
)
class Post(VoucherAct):
    """Post a voucher."""

    service = staticmethod(post_voucher)


@_described("void", _("Make a voucher void"), _("It keeps its number and counts nothing."))
class MakeVoid(VoucherAct):
    """Make a voucher void."""

    service = staticmethod(void_voucher)


@_described(
    "reverse",
    _("Reverse a voucher"),
    _("Answers the red voucher with negative amounts, which waits to be posted."),
    status=201,
)
class Reverse(VoucherAct):
    """Reverse a voucher."""

    service = staticmethod(reverse_voucher)
    answer = 201
