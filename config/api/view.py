"""What every view of the API stands on."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db import Error as DatabaseFailure
from django.db import models
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from config import strict_json
from config.errors import DomainError
from config.idempotency import Memory, digest_of, remembered
from config.interruptions import begin_anew
from config.models import IdempotentAnswer
from config.paging import PAGE_SIZE, paginate

KEY_HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "Idempotent-Replayed"
PAGING: Final = frozenset({"after", "before", "limit"})
ATTEMPTS: Final = 3  # at a write that the database interrupts
Outcome = tuple[int, Any]
log = logging.getLogger("config.api")


class KeyMissing(DomainError):
    """A write that could not be repeated safely."""

    code = "idempotency_key_missing"
    status = 400
    sentence = _(
        "Send an “Idempotency-Key” header with every write: a value of your own, new for each act, the same when you "
        "repeat it. Then nothing ever happens twice."
    )


class StrictJsonParser(JSONParser):
    """JSON is UTF-8 whatever the header claims, has a depth, and says nothing twice."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:  # noqa: ARG002
        """The parsed body, `{}` for null; everything unreadable is a 400."""
        try:
            body = strict_json.loads(stream.read().decode())
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        return {} if body is None else body


class ApiView(APIView):
    """JSON in, JSON out; nothing is kept by anybody on the way; every write can be repeated."""

    parser_classes = [StrictJsonParser]
    metadata_class = None
    body_type: ClassVar[str] = "application/json"
    http_method_names = ["get", "post", "patch", "delete", "head"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks, whether they may, and whether the body is of the kind that is understood."""
        super().initial(request, *args, **kwargs)
        has_body = int(request.META.get("CONTENT_LENGTH") or 0) > 0
        if has_body and request.method not in SAFE_METHODS and _media_type(request) != self.body_type:
            raise UnsupportedMediaType(_media_type(request))
        if (request._request.encoding or "utf-8").lower().replace("_", "-") not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(_media_type(request))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer holds data of an account: not for caches, and in the language that was asked for."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    def listing(
        self,
        queryset: "models.QuerySet[Any]",
        serializer: type[Serializer[Any]],
        *,
        limit: int = PAGE_SIZE,
        order: Sequence[str] = ("-id",),
        prepare: Callable[[list[Any]], Iterable[Any]] = list,
    ) -> Response:
        """One page, newest first: `{data, next, previous}`, the links whole and null where nothing follows."""
        page = paginate(queryset, self.request._request, order=order, size=limit, strict=True)
        rows = prepare(list(page))
        return Response(
            {
                "data": serializer(rows, many=True, context=self.serializer_context()).data,
                "next": self._absolute(page.next),
                "previous": self._absolute(page.previous),
            }
        )

    def serializer_context(self) -> dict[str, Any]:
        """What serializers of answers may know about who asks."""
        return {"view": self}

    def once(self, scope: str, act: Callable[[], Outcome], *, before: Callable[[], None] | None = None) -> Response:
        """Does `act` in one transaction with its remembered answer, or answers what it answered the first time.

        `before` runs outside of that transaction and only the first time: limits are counted there.
        """
        request = self.request
        key = request.headers.get(KEY_HEADER, "")
        if not key:
            raise KeyMissing()
        digest = digest_of(str(request.method), request.get_full_path(), request._request.body)
        if before is not None and not IdempotentAnswer.objects.filter(scope=scope, key=key).exists():
            before()
        memory = self._remembered(scope, key, digest, act)
        if memory.answer is None:
            raise RuntimeError("a remembered request ended without an answer")
        response = Response(json.loads(memory.answer.body), status=memory.answer.status)
        if memory.repeated:
            response.headers[REPLAYED_HEADER] = "true"
        return response

    def _remembered(self, scope: str, key: str, digest: str, act: Callable[[], Outcome]) -> Memory:
        """Begun anew after a deadlock or a lost connection: should the first try have been committed after all, its
        answer is found."""
        for left in reversed(range(ATTEMPTS)):
            try:
                with remembered(scope, key, digest) as memory:
                    if memory.answer is None:
                        status, body = act()
                        memory.keep(status, JSONRenderer().render(body).decode())  # text: the order of members stays
                return memory
            except DatabaseFailure as error:
                if not (left and begin_anew(error)):
                    raise
                log.warning("request begins anew", extra={"reason": type(error.__cause__).__name__, "left": left})
        raise AssertionError("unreachable")

    def _absolute(self, query: str) -> str | None:
        return self.request.build_absolute_uri(query) if query else None


def checked(serializer: Serializer[Any]) -> Mapping[str, Any]:
    """What a serializer read, or a 422 that names every wrong value."""
    serializer.is_valid(raise_exception=True)
    values: Mapping[str, Any] = serializer.validated_data
    return values


def _media_type(request: Request) -> str:
    return str(request.content_type or "").partition(";")[0].strip().lower()
