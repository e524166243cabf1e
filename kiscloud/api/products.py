"""Products of the key's company by the API: how each stands, and what its pages do with them (S6–S11)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from accounts.models.api_key import Scope
from config.api.view import Outcome, checked
from config.errors import NotFound
from kiscloud.api.base import SetsView
from kiscloud.models import Subscription
from kiscloud.product_operations import trial_refusal
from kiscloud.product_reports import Shown, rows_for
from kiscloud.product_serializers import ActivationIn, CompanyProductOut, ProductIn
from kiscloud.services.activation import add_module, count_attempt, read_key, update_service, use_key
from kiscloud.services.subscriptions import add_product, delete_product, try_product
from kiscloud.services.switching import switch_to_private

TAGS = ["company products"]
KEY = {"serial": "KIS-ZY-26-00000001", "cd_key": "ABCDE-FGHJK-MNPQR-STUVW-XYZ23"}


class ProductsView(SetsView):
    """Behind a key that may see the company's products, or act with them."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.PRODUCTS_READ,
        "POST": Scope.PRODUCTS_WRITE,
        "DELETE": Scope.PRODUCTS_WRITE,
    }

    def product(self, pk: int) -> Subscription:
        """One of the company's own; any other does not exist."""
        found = self.company.subscriptions.listed().select_related("key").filter(pk=pk).first()
        if found is None:
            raise NotFound()
        return found

    def rows(self, products: Iterable[Subscription]) -> list[Shown]:
        """With what waits for each."""
        return rows_for(products, self.company)

    def serializer_context(self) -> dict[str, Any]:
        """Whether the company may try one more is the same for all of its products."""
        return {**super().serializer_context(), "trial": trial_refusal(self.company)}

    def shown(self, pk: int) -> dict[str, Any]:
        """Freshly read."""
        (row,) = self.rows([self.product(pk)])
        return dict(CompanyProductOut(row, context=self.serializer_context()).data)

    def acted(self, pk: int, act: Callable[..., object]) -> Response:
        """200 with the product after the act, once for each idempotency key."""

        def do() -> Outcome:
            self.product(pk)
            act(actor=self.actor, subscription_id=pk)
            return 200, self.shown(pk)

        return self.once(self.memory, do)


@extend_schema_view(
    get=extend_schema(
        operation_id="company_products_list",
        tags=TAGS,
        summary=_("List the products of the company"),
        description=_("The latest first, each with what can be done with it now, and why the rest cannot."),
        parameters=[Query],
        responses=envelope(CompanyProductOut),
    ),
    post=extend_schema(
        operation_id="company_products_add",
        tags=TAGS,
        summary=_("Add a product"),
        description=_("It is not used yet: try it, or activate it with what was ordered."),
        request=ProductIn,
        responses={201: CompanyProductOut},
        examples=[OpenApiExample("product", {"edition": "professional"}, request_only=True)],
    ),
)
class Products(ProductsView):
    """The list, and more of them."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = self.company.subscriptions.listed().select_related("key")
        return self.listing(rows, CompanyProductOut, limit=query["limit"], prepare=self.rows)

    def post(self, request: Request) -> Response:
        """201 with the product; its address in `Location`."""
        response = self.once(self.memory, lambda: self._add(request))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _add(self, request: Request) -> Outcome:
        asked = checked(ProductIn(data=request.data))
        made = add_product(actor=self.actor, company_id=self.company.pk, edition=asked["edition"])
        return 201, self.shown(made.pk)


@extend_schema_view(
    get=extend_schema(
        operation_id="company_products_read",
        tags=TAGS,
        summary=_("Read a product of the company"),
        responses=CompanyProductOut,
    ),
    delete=extend_schema(
        operation_id="company_products_delete",
        tags=TAGS,
        summary=_("Delete a product"),
        description=_("One that was never activated and has no account sets. A trial of it stays counted."),
        request=None,
        responses={200: CompanyProductOut},
    ),
)
class OneProduct(ProductsView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(self.shown(pk))

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with what it was; the product is off the list."""

        def act() -> Outcome:
            before = self.shown(pk)
            delete_product(actor=self.actor, subscription_id=pk)
            return 200, before

        return self.once(self.memory, act)


@extend_schema_view(
    post=extend_schema(
        operation_id="company_products_try",
        tags=TAGS,
        summary=_("Begin the free trial of a product"),
        description=_("7 days, or 30 in a verified company, with one account set and three users."),
        request=None,
        responses=CompanyProductOut,
    )
)
class Trial(ProductsView):
    """Free, for a while (S7)."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with the product in trial."""
        return self.acted(pk, try_product)


@extend_schema_view(
    post=extend_schema(
        operation_id="company_products_activate",
        tags=TAGS,
        summary=_("Activate a product"),
        description=_("Every try counts, for the company and for the serial number, in the console and here together."),
        request=ActivationIn,
        responses=CompanyProductOut,
        examples=[OpenApiExample("key", KEY, request_only=True)],
    )
)
class Activation(ProductsView):
    """Serial number and CD-Key (S8.1)."""

    def post(self, request: Request, pk: int) -> Response:
        """200 with the product in use."""
        asked = checked(ActivationIn(data=request.data))
        serial, cd_key = read_key(**asked)
        self.product(pk)

        def act() -> Outcome:
            use_key(actor=self.actor, subscription_id=pk, serial=serial, cd_key=cd_key, now=timezone.now())
            return 200, self.shown(pk)

        return self.once(self.memory, act, before=lambda: count_attempt(subscription_id=pk, serial=serial))


@extend_schema_view(
    post=extend_schema(
        operation_id="company_products_update",
        tags=TAGS,
        summary=_("Update the service of a product"),
        description=_("A paid renewal counts from now on, whatever is left of the period before."),
        request=None,
        responses=CompanyProductOut,
    )
)
class Renewal(ProductsView):
    """What was bought counts from now on (S10.5, S10.6)."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with the product in its new period."""
        return self.acted(pk, update_service)


@extend_schema_view(
    post=extend_schema(
        operation_id="company_products_add_module",
        tags=TAGS,
        summary=_("Add the public-cloud service module that was bought"),
        request=None,
        responses=CompanyProductOut,
    )
)
class Module(ProductsView):
    """For the change to the public cloud after the first year (S18.2)."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with the product, which has it."""
        return self.acted(pk, add_module)


@extend_schema_view(
    post=extend_schema(
        operation_id="company_products_to_private",
        tags=TAGS,
        summary=_("Switch a product to a private cloud"),
        description=_(
            "Whoever is in one of its sets is logged off. The first log-in in the private cloud completes it."
        ),
        request=None,
        responses=CompanyProductOut,
    )
)
class ToPrivate(ProductsView):
    """Out of the public cloud (S18.9)."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with the product on its way."""
        return self.acted(pk, switch_to_private)
