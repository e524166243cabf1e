"""Orders for what is paid ahead, and the resources that they keep alive."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, User
from config.states import StateField, StateModel, states_check, transition
from finance import policy
from finance.models.product import Product
from finance.models.voucher import Coupon

ZERO = Decimal("0.00")


class ResourceState(models.TextChoices):
    """Whether it runs."""

    RUNNING = "running", _("Running")
    SUSPENDED = "suspended", _("Suspended")
    RELEASED = "released", _("Released")


class ResourceQuerySet(models.QuerySet["Resource"]):
    """What may be asked of resources."""

    def valid(self, *, at: datetime | None = None) -> "ResourceQuerySet":
        """Paid beyond that moment and not released."""
        return self.filter(ends_at__gt=at or timezone.now()).exclude(state=ResourceState.RELEASED)


class Resource(StateModel):
    """Something bought ahead that runs until its end.

    Once the payer changed (a trusteeship began or ended) the rest of the time can be used but is worth nothing: no
    refund, nothing back for a smaller size (A2.21).
    """

    State = ResourceState

    owner = models.ForeignKey(Account, models.PROTECT, related_name="resources", verbose_name=_("account"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    instance = models.CharField(_("instance"), max_length=100, unique=True)
    quantity = models.DecimalField(_("quantity"), max_digits=24, decimal_places=8)
    state = StateField(_("state"), choices=State, default=State.RUNNING)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    worthless_since = models.DateTimeField(_("without value since"), null=True)

    objects: ClassVar[ResourceQuerySet] = ResourceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["-id"]
        constraints = [
            states_check("state", ResourceState, name="resource_state_known"),
            models.CheckConstraint(name="resource_has_a_time", condition=Q(ends_at__gte=F("starts_at"))),
            models.CheckConstraint(name="resource_of_something", condition=Q(quantity__gt=0)),
        ]
        indexes = [models.Index(fields=["owner", "-id"])]

    def __str__(self) -> str:
        return self.instance

    @transition(field=state, source=State.RUNNING, target=State.SUSPENDED)
    def suspend(self) -> None:
        """The payer has nothing left to pay with."""

    @transition(field=state, source=State.SUSPENDED, target=State.RUNNING)
    def resume(self) -> None:
        """The payer can pay again."""

    @transition(field=state, source=[State.RUNNING, State.SUSPENDED], target=State.RELEASED)
    def release(self, *, at: datetime) -> None:
        """Given back, or over."""
        self.ends_at = min(self.ends_at, max(at, self.starts_at))


class OrderState(models.TextChoices):
    """From asked to ended."""

    PENDING = "pending", pgettext_lazy("an order", "To be paid")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")
    REFUNDED = "refunded", _("Refunded")


class OrderQuerySet(models.QuerySet["Order"]):
    """What may be asked of orders."""

    def visible_to(self, account: Account) -> "OrderQuerySet":
        """Those that the account made, or pays for."""
        return self.filter(Q(owner=account) | Q(payer=account))

    def overdue(self, *, at: datetime | None = None) -> "OrderQuerySet":
        """Those that nobody paid in time and that nobody has closed yet."""
        life_began = (at or timezone.now()) - policy.ORDER_LIFE
        return self.filter(state=OrderState.PENDING, created_at__lte=life_began)


class Order(StateModel):
    """One purchase: new, longer, other size, or back. Amounts are fixed when it is made; `price` keeps each step."""

    State = OrderState

    class Kind(models.TextChoices):
        """What it does."""

        NEW = "new", _("New")
        RENEW = "renew", _("Renewal")
        MODIFY = "modify", pgettext_lazy("an order", "Change")
        REFUND = "refund", _("Return")

    owner = models.ForeignKey(Account, models.PROTECT, related_name="orders", verbose_name=_("account"))
    payer = models.ForeignKey(Account, models.PROTECT, related_name="pays_orders", verbose_name=_("paid by"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    state = StateField(_("state"), choices=State, default=State.PENDING)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    resource = models.ForeignKey(Resource, models.PROTECT, null=True, related_name="orders", verbose_name=_("resource"))
    refunds = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="refunded_by", verbose_name=_("gives back")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=24, decimal_places=8)
    months = models.PositiveSmallIntegerField(_("months"), default=0)
    coupon = models.ForeignKey(Coupon, models.PROTECT, null=True, related_name="orders", verbose_name=_("coupon"))
    list_amount = models.DecimalField(_("list price"), max_digits=18, decimal_places=2)
    payable = models.DecimalField(_("to pay"), max_digits=18, decimal_places=2)
    price = models.JSONField(_("price"), default=dict)
    key = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    paid_at = models.DateTimeField(_("paid"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[OrderQuerySet] = OrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        constraints = [
            states_check("state", OrderState, name="order_state_known"),
            models.CheckConstraint(name="order_kind_known", condition=Q(kind__in=["new", "renew", "modify", "refund"])),
            models.UniqueConstraint(name="order_once", fields=["owner", "key"]),
            models.CheckConstraint(name="order_refund_of_something", condition=~Q(kind="refund") | Q(payable__lte=0)),
        ]
        indexes = [models.Index(fields=["owner", "-id"]), models.Index(fields=["payer", "-id"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def expires_at(self) -> datetime:
        """Until when it can be paid at its price."""
        return self.created_at + policy.ORDER_LIFE

    def is_payable(self, *, at: datetime) -> bool:
        """Whether it still waits to be paid at that moment, though no job has closed it yet."""
        return self.state == OrderState.PENDING and at < self.expires_at

    def state_at(self, *, at: datetime) -> OrderState:
        """The state as people read it at that moment: one past its time is cancelled."""
        overdue = self.state == OrderState.PENDING and not self.is_payable(at=at)
        return OrderState.CANCELLED if overdue else OrderState(self.state)

    @transition(field=state, source=State.PENDING, target=State.PAID)
    def pay(self, *, at: datetime, payer: Account) -> None:
        """The money is posted and the resource is there."""
        self.paid_at, self.payer = at, payer

    @transition(field=state, source=State.PENDING, target=State.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        """By hand, or because nobody paid in time."""
        self.ended_at = at

    @transition(field=state, source=State.PAID, target=State.REFUNDED)
    def refund(self, *, at: datetime) -> None:
        """What was left of its worth went back."""
        self.ended_at = at
