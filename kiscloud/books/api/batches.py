"""Many vouchers at once by the API."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.view import Outcome, checked
from kiscloud.books.api.base import TAGS, BooksView
from kiscloud.books.api.inputs import AuditManyIn, PostManyIn
from kiscloud.books.serializers import BookBatchOut
from kiscloud.books.services.posting import Done, audit_vouchers, post_vouchers


class Batch(BooksView):
    """One act with many; those that cannot have it are left and counted."""

    service: ClassVar[Callable[..., Done]]
    body: ClassVar[type[AuditManyIn] | type[PostManyIn]]

    def post(self, request: Request, number: str) -> Response:
        """How many were done, and how many left."""
        service: Any = type(self).service

        def act() -> Outcome:
            place = self.place(number)
            asked = checked(self.body(data=request.data))
            ids = asked.get("vouchers")
            done = service(actor=self.actor, account_set=place.account_set, voucher_ids=ids)
            return 200, {"done": done.done, "left": done.left}

        return self.once(self.memory, act)


def _described(name: str, summary: Any, description: Any, body: Any) -> Any:
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"books_vouchers_{name}",
            tags=TAGS,
            summary=summary,
            description=description,
            request=body,
            responses=BookBatchOut,
        )
    )


@_described(
    "audit_many",
    _("Audit many vouchers"),
    _("Those that whoever made the key made, or that wait for something else, are left."),
    AuditManyIn,
)
class AuditMany(Batch):
    """Audit many."""

    service = staticmethod(audit_vouchers)
    body = AuditManyIn


@_described(
    "post_many",
    _("Post many vouchers"),
    _("Of the current period: these, or without “vouchers” all that can be posted."),
    PostManyIn,
)
class PostMany(Batch):
    """Post many."""

    service = staticmethod(post_vouchers)
    body = PostManyIn
