"""Products of a company: added, tried, deleted; what may be done with them, judged at the moment (S6, S7, S10, S11)."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from accounts.locks import lock_name
from accounts.models import Account
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud import policy
from kiscloud.editions import Edition
from kiscloud.models import AccountSet, Company, CompanyMember, Subscription
from kiscloud.services.companies import admin_behind, locked_company
from kiscloud.services.limits import Act, require_verified_in_time

State = Subscription.State
PRODUCTS_MAX = 30  # of one company
EVER_ADMIN = Q(is_admin=True) | Q(was_admin=True)


class TrialsUsedUp(DomainError):
    """A company tries so many products, the deleted ones among them."""

    code = "trials_used_up"
    rule = "S7.3"
    sentence = _("“%(company)s” has tried %(count)s products; more than %(most)s are not possible.")
    hint = _("Trials that were deleted count, too. Order the product to use it.")


class TriedElsewhere(DomainError):
    """Of all unverified companies of an administrator one has trials."""

    code = "tried_elsewhere"
    rule = "S7.1"
    sentence = _("“%(other)s” has free trials already. Of companies that are not verified only one can have them.")
    hint = _("Verify this company: every verified company can have free trials.")


class ProductClosed(DomainError):
    """Its sets cannot be used any more."""

    code = "product_closed"
    rule = "S10.3"
    sentence = _("%(product)s ended on %(day)s, and the %(days)s days in which it could still be used are over.")
    hint = _("Renew it to go on. Until %(last)s its data can still be backed up.")


class InPrivateCloud(DomainError):
    """Its sets are used on the company's own server, not here."""

    code = "product_private"
    rule = "S9.5"
    sentence = _("%(product)s is used in a private cloud, so its account sets in the public cloud are closed.")
    hint = _("Enter by the private server, or change the product to the public cloud there.")


class ActivatedStays(DomainError):
    """What was activated is never deleted."""

    code = "activated_stays"
    rule = "S11.1"
    sentence = _("%(product)s was activated, so it cannot be deleted, even after its end.")


class HasSets(DomainError):
    """What has account sets is not deleted."""

    code = "product_has_sets"
    rule = "S11.2"
    sentence = _("%(product)s has %(count)s account sets, so it cannot be deleted.")
    hint = _("Delete the account sets first.")


class NoSetLeft(DomainError):
    """As many sets as were bought are there."""

    code = "no_set_left"
    rule = "S8.3"
    sentence = _("%(product)s has %(used)s of %(total)s account sets, so no further one can be created.")
    hint = _("Delete an account set that is no longer needed, or buy more.")


class ProductOver(DomainError):
    """Nothing new comes into a product that has ended (Q-15)."""

    code = "product_over"
    rule = "S17.6"
    sentence = _("%(product)s ended on %(day)s, so no account set can be created or restored in it.")
    hint = _("Renew it first. Until then its sets can be used for some days and be backed up.")


@atomic
def add_product(*, actor: Actor, company_id: int, edition: str, now: datetime | None = None) -> Subscription:
    """The product is in the company's list, not used yet (S6.1, S9.2).

    Locks the company. Raises InputError, NotFound.
    """
    at = now or timezone.now()
    company = locked_company(company_id=company_id)
    user = admin_behind(actor=actor, company=company)
    if edition not in Edition.values:
        raise InputError("edition", _("Choose a product."))
    if company.subscriptions.listed().count() >= PRODUCTS_MAX:
        raise InputError("edition", _("A company has at most %(most)s products."), most=PRODUCTS_MAX)
    product = Subscription.objects.create(company=company, edition=edition, created_by=user, created_at=at)
    note_product(what="added", actor=actor, product=product, at=at)
    return product


@atomic
def try_product(*, actor: Actor, subscription_id: int, now: datetime | None = None) -> Subscription:
    """The product runs free for 7 days, or 30 in a verified company, with one set and three users (S5.2, S5.3, S7).

    How long is fixed now: verifying the company later does not lengthen it (S7.7). Locks the trials of everybody who
    administers the company, then the company, then the product. Raises TriedElsewhere, TrialsUsedUp, MoveRefused.
    """
    at = now or timezone.now()
    company_id = company_of(subscription_id=subscription_id)
    for admin in _admins(company_id):
        lock_name(f"kis-trials:{admin}")
    company = locked_company(company_id=company_id)
    admin_behind(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    verified = is_verified(company=company)
    product.try_out(at=at, until=at + (policy.TRIAL_VERIFIED if verified else policy.TRIAL))
    require_trial(company=company)
    fields = ["state", "tried_at", "starts_at", "expires_at", "sets_total", "users_total"]
    product.save(update_fields=fields)
    note_product(what="tried", actor=actor, product=product, at=at, until=str(product.expires_at))
    return product


@atomic
def delete_product(*, actor: Actor, subscription_id: int, now: datetime | None = None) -> None:
    """The product is off the list; a trial of it stays counted (S7.4, S11.3). Locks company and product.

    Raises ActivatedStays, HasSets, NotFound.
    """
    at = now or timezone.now()
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    admin_behind(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    require_deletable(product=product, sets=AccountSet.objects.standing().filter(subscription=product).count())
    product.deleted_at = at
    product.save(update_fields=["deleted_at"])
    note_product(what="deleted", actor=actor, product=product, at=at)


@atomic
def write_expired(*, now: datetime | None = None) -> int:
    """Products whose end has come say so in their row, too; answers how many (S9.7). Nobody waits for it."""
    at, count = now or timezone.now(), 0
    over = Subscription.objects.listed().filter(expires_at__lte=at).exclude(state__in=[State.EXPIRED, State.UNUSED])
    for product in over.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")[:500]:
        product.expire()
        product.save(update_fields=["state"])
        note_product(what="expired", actor=SYSTEM, product=product, at=at)
        count += 1
    return count


def is_verified(*, company: Company) -> bool:
    """Whether the company is a verified enterprise."""
    return company.account.certified == Account.Certified.ENTERPRISE


def locked_product(*, subscription_id: int) -> Subscription:
    """The product, locked: sets and seats are counted under this lock. Raises NotFound."""
    rows = Subscription.objects.listed().select_for_update(of=("self",), no_key=True)
    product = rows.select_related("company__account", "key").filter(pk=subscription_id).first()
    if product is None:
        raise NotFound()
    return product


def require_open(*, product: Subscription, at: datetime) -> None:
    """Its sets may be used here at that moment: it is served, and not used in a private cloud (S9.5).

    Raises InPrivateCloud, and as `require_served`.
    """
    if product.is_private:
        raise InPrivateCloud(product=product.get_edition_display())
    require_served(product=product, at=at)


def require_served(*, product: Subscription, at: datetime) -> None:
    """It may be used at that moment, in whichever cloud: it runs, or ended less than 15 days ago (S10.2); its company
    was not left unverified for too long (Q-7). Raises ProductClosed, VerifyFirst.
    """
    if product.opens_at(at=at):
        require_verified_in_time(company=product.company, act=Act.OPEN, now=at)
        return
    name = product.get_edition_display()
    if product.expires_at is None:
        raise ProductClosed(_("%(product)s is neither activated nor tried yet."), product=name)
    ended, last = (timezone.localtime(moment) for moment in (product.expires_at, product.expires_at + policy.KEPT))
    raise ProductClosed(product=name, day=f"{ended:%Y-%m-%d}", days=policy.GRACE.days, last=f"{last:%Y-%m-%d}")


def require_place(*, product: Subscription, at: datetime, more: int = 1, used: int | None = None) -> None:
    """The locked product takes one more set now (S8.2, S8.3, Q-15), or with `more=0` goes on with one that it counts
    already. Its sets are counted, but where somebody has done so. Raises ProductOver, ProductClosed, NoSetLeft."""
    name = product.get_edition_display()
    if product.expires_at is not None and product.is_over(at=at):
        raise ProductOver(product=name, day=f"{timezone.localtime(product.expires_at):%Y-%m-%d}")
    require_open(product=product, at=at)
    if used is None:
        used = AccountSet.objects.standing().filter(subscription=product).count()
    if used + more > product.sets_total:
        raise NoSetLeft(product=name, used=used, total=product.sets_total)


def require_deletable(*, product: Subscription, sets: int) -> None:
    """It was never activated and has no sets (S11). Raises ActivatedStays, HasSets."""
    if product.activated_at is not None:
        raise ActivatedStays(product=product.get_edition_display())
    if sets:
        raise HasSets(product=product.get_edition_display(), count=sets)


def company_of(*, subscription_id: int) -> int:
    """The company of a product that was not deleted, or NotFound; to lock it first."""
    found = Subscription.objects.listed().filter(pk=subscription_id).values_list("company", flat=True).first()
    if found is None:
        raise NotFound()
    return found


def _admins(company_id: int) -> list[int]:
    """Everybody who is or was an administrator, so that leaving a company frees no trial."""
    rows = CompanyMember.objects.filter(EVER_ADMIN, company=company_id)
    return list(rows.order_by("user").values_list("user", flat=True).distinct())


def require_trial(*, company: Company) -> None:
    """The company may try one more product. Trials count for ever: of deleted products (S7.4), and of deleted
    companies, too. Raises TrialsUsedUp, TriedElsewhere."""
    tried = Subscription.objects.filter(tried_at__isnull=False)
    count = tried.filter(company=company).count()
    if count >= policy.TRIAL_PRODUCTS:
        raise TrialsUsedUp(company=company.name, count=count, most=policy.TRIAL_PRODUCTS)
    if is_verified(company=company):
        return
    unverified = Company.objects.exclude(account__certified=Account.Certified.ENTERPRISE).exclude(pk=company.pk)
    theirs = CompanyMember.objects.filter(EVER_ADMIN, user__in=_admins(company.pk)).values("company")
    other = unverified.filter(pk__in=theirs, subscriptions__in=tried).order_by("pk").first()
    if other is not None:
        raise TriedElsewhere(other=other.name)


def note_product(*, what: str, actor: Actor, product: Subscription, at: datetime, **more: Any) -> None:
    """The event of a product that was just written."""
    facts: dict[str, Any] = {"product": str(product.get_edition_display()), "company": product.company.name, **more}
    record(f"subscription.{what}", actor=actor, account=product.company.account, subject=product, at=at, **facts)
