"""Orders of the invoice cloud: from paid to activated (I1, I2)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from config.states import StateField, StateModel, states_check, transition
from finance.models import Order
from invoicing.models.package import Package
from invoicing.models.tenant import Tenant


class CloudOrderState(models.TextChoices):
    """From paid to in use."""

    PAID = "paid", _("To be delivered")
    DELIVERED = "delivered", _("Delivered, to be activated")
    ACTIVATED = "activated", _("Activated")
    REFUNDED = "refunded", _("Returned")


class CloudOrderQuerySet(models.QuerySet["CloudOrder"]):
    """What may be asked of cloud orders."""

    def to_deliver(self) -> "CloudOrderQuerySet":
        """Those that wait for staff."""
        return self.filter(state=CloudOrderState.PAID)


class CloudOrder(StateModel):
    """A paid order of a package. Delivering sends the activation letter with link and operation key (I1.1, I1.3).

    Of the key only a digest is kept; a letter sent again has a new one, and the former does not work any more (Q-28).
    """

    State = CloudOrderState

    order = models.OneToOneField(Order, models.PROTECT, related_name="cloud_order", verbose_name=_("order"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="cloud_orders", verbose_name=_("account"))
    package = models.ForeignKey(Package, models.PROTECT, related_name="orders", verbose_name=_("package"))
    tax_numbers = models.PositiveIntegerField(_("for so many tax numbers"))
    state = StateField(_("state"), choices=State, default=State.PAID)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="orders", verbose_name=_("tenant"))
    email = models.EmailField(_("contact"))
    link_digest = models.CharField(max_length=64, blank=True)
    key_digest = models.CharField(max_length=64, blank=True)
    key_tries = models.PositiveSmallIntegerField(_("wrong keys"), default=0)
    letter_sent_at = models.DateTimeField(_("letter sent"), null=True)
    created_at = models.DateTimeField(_("paid"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    activated_at = models.DateTimeField(_("activated"), null=True)

    objects: ClassVar[CloudOrderQuerySet] = CloudOrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoice cloud order")
        verbose_name_plural = _("invoice cloud orders")
        ordering = ["-id"]
        constraints = [
            states_check("state", CloudOrderState, name="cloud_order_state_known"),
            models.CheckConstraint(
                name="cloud_order_activated_in_tenant", condition=~Q(state="activated") | Q(tenant__isnull=False)
            ),
            models.UniqueConstraint(name="cloud_order_link_once", fields=["link_digest"], condition=~Q(link_digest="")),
        ]

    def __str__(self) -> str:
        return str(self.order_id)

    @transition(field=state, source=State.PAID, target=State.DELIVERED)
    def deliver(self, *, at: datetime) -> None:
        """The activation letter may go out."""
        self.delivered_at = at

    @transition(field=state, source=State.DELIVERED, target=State.ACTIVATED)
    def activate(self, *, at: datetime, tenant: Tenant) -> None:
        """Key and business system were given: its entitlements can be assigned."""
        self.activated_at, self.tenant = at, tenant

    @transition(field=state, source=[State.PAID, State.DELIVERED, State.ACTIVATED], target=State.REFUNDED)
    def refund(self) -> None:
        """The order was given back."""
