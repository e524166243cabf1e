"""Which products of the catalogue KIS cloud delivers, and what an order of one gives (S8.1, S8.2)."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.events import record
from config.errors import DomainError, InputError
from config.transactions import atomic
from finance.models import Product
from finance.models.product import PayMode
from kiscloud.editions import Edition
from kiscloud.models import Offering

PERMISSION = "kiscloud.add_offering"
MOST = 100_000


class OfferedAlready(DomainError):
    """One product gives one thing."""

    code = "offered_already"
    sentence = _("Orders of %(product)s give something already.")


@atomic
def add_offering(
    *,
    actor: Actor,
    product: Product,
    kind: str,
    edition: str,
    users: int = 1,
    sets: int = 0,
    by_licence: bool = False,
) -> Offering:
    """Paid orders of this prepaid product make activation keys from now on. Raises InputError, OfferedAlready."""
    require_staff(actor, PERMISSION)
    if product.pay_mode != PayMode.PREPAID:
        raise InputError("product", _("Choose a product that is paid ahead."))
    if edition not in Edition.values:
        raise InputError("edition", _("Choose a product."))
    for field, number, least in (("users", users, 1), ("sets", sets, 0)):
        if not least <= number <= MOST:
            raise InputError(field, _("Choose from %(least)s to %(most)s."), least=least, most=MOST)
    if Offering.objects.filter(product=product).exists():
        raise OfferedAlready(product=product.name)
    offering = Offering.objects.create(
        product=product, kind=kind, edition=edition, users=users, sets=sets, by_licence=by_licence
    )
    name = str(Edition(edition).label)
    record("offering.added", actor=actor, account=None, subject=offering, product=product.name, edition=name)
    return offering
