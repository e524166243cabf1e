"""Packages of the invoice cloud, kept by staff: which products it delivers, and what an order of one gives."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.events import record
from config.errors import InputError, NotFound
from config.transactions import atomic
from finance.models import Product
from finance.models.product import PayMode
from invoicing.models import Package, Service

QUANTITY_MOST = 10_000_000
PRIORITY_MOST = 999


@atomic
def add_package(
    *,
    actor: Actor,
    product: Product,
    service: str,
    quantity: int,
    priority: int = 100,
    delivers_itself: bool = True,
    pays_change: bool = False,
) -> Package:
    """Paid orders of this product are the invoice cloud's from now on. Raises InputError.

    A fee leaves the catalogue: only the change request that it pays for orders it.
    """
    require_staff(actor, "invoicing.add_package")
    if product.pay_mode != PayMode.PREPAID:
        raise InputError("product", _("Choose a prepaid product: rights are ordered, not metered."))
    if Package.objects.filter(product=product).exists():
        raise InputError("product", _("This product is a package already."))
    if service not in Service.values:
        raise InputError("service", _("Choose what it allows."))
    if not (0 if pays_change else 1) <= quantity <= QUANTITY_MOST:
        raise InputError("quantity", _("Choose from 1 to %(most)s uses."), most=QUANTITY_MOST)
    package = Package.objects.create(
        product=product,
        service=service,
        quantity=quantity,
        priority=_checked(priority),
        delivers_itself=delivers_itself,
        pays_change=pays_change,
    )
    if pays_change and product.listed:
        product.listed = False
        product.save(update_fields=["listed"])
    _note("package.added", actor, package)
    return package


@atomic
def choose_delivery(*, actor: Actor, package_id: int, itself: bool) -> Package:
    """Orders paid from now on are delivered at once, or wait for staff. Locks the package."""
    require_staff(actor, "invoicing.change_package")
    package = _locked(package_id)
    if package.delivers_itself != itself:
        package.delivers_itself = itself
        package.save(update_fields=["delivers_itself"])
        _note("package.changed", actor, package)
    return package


@atomic
def choose_priority(*, actor: Actor, package_id: int, priority: int) -> Package:
    """What is assigned from now on is used in this order; what was assigned stays. Locks the package."""
    require_staff(actor, "invoicing.change_package")
    package = _locked(package_id)
    if package.priority != _checked(priority):
        package.priority = priority
        package.save(update_fields=["priority"])
        _note("package.changed", actor, package)
    return package


def _checked(priority: int) -> int:
    if not 0 <= priority <= PRIORITY_MOST:
        raise InputError("priority", _("Choose from 0 to %(most)s."), most=PRIORITY_MOST)
    return priority


def _locked(package_id: int) -> Package:
    rows = Package.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    if (package := rows.filter(pk=package_id).first()) is None:
        raise NotFound()
    return package


def _note(kind: str, actor: Actor, package: Package) -> None:
    record(kind, actor=actor, account=None, subject=package, name=package.product.name)
