"""What every page's frame shows. It is made only when a template asks for it, so a part for htmx costs nothing."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import navigation
from accounts.actors import Actor
from accounts.email_address import mask_email
from accounts.mobile import mask_mobile
from accounts.models import Account, Operator, User
from accounts.permissions import CONSOLE_RIGHTS, RIGHTS, Role
from accounts.reminder import reminder
from accounts.services.messages import unread_count
from config.nav import AccountChoice, Acting, Console


def console(request: HttpRequest) -> dict[str, Any]:
    """`nav` (config.nav.Console) by at most three queries, `reminder` (a message or None) by one; else none."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"nav": None, "reminder": None}
    return {
        "nav": SimpleLazyObject(lambda: _frame(request, user)),
        "reminder": SimpleLazyObject(lambda: reminder(request, user)),
    }


def _frame(request: HttpRequest, user: User) -> Console:
    account: Account | None = getattr(request, "account", None)
    actor: Actor | None = getattr(request, "actor", None)
    through = actor.through if actor else None
    roles = list(Operator.objects.filter(user=user).select_related("account").order_by("pk"))
    rights = CONSOLE_RIGHTS if through else _rights(roles, account)
    shown = None if navigation.offer_at(request.path).personal else account
    return Console(
        products=navigation.products_for(request.path, rights),
        sections=navigation.sections_for(request.path, rights, account),
        account_name=shown.name if shown else "",
        account_number=shown.number if shown else "",
        accounts=_choices(roles, account, stranger=through is not None),
        switch_url=reverse("accounts:account-switch"),
        unread=unread_count(user=user),
        messages_url=reverse("accounts:message-list"),
        help_url=navigation.help_for(request.resolver_match.view_name if request.resolver_match else ""),
        home_url=reverse("accounts:home"),
        user_name=str(user),
        user_note=_note(user),
        user_menu=navigation.personal_for(request.path),
        logout_url=reverse("accounts:logout"),
        acting=_acting(actor) if actor else None,
    )


def _note(user: User) -> str:
    if user.mobile:
        return mask_mobile(user.mobile)
    return mask_email(user.email) if user.email else user.username


def _rights(roles: list[Operator], account: Account | None) -> frozenset[str]:
    held = next((operator.role for operator in roles if account and operator.account_id == account.pk), None)
    return RIGHTS[held] if held else frozenset()


def _choices(roles: list[Operator], account: Account | None, *, stranger: bool) -> list[AccountChoice]:
    return [
        AccountChoice(
            pk=operator.account_id,
            name=operator.account.name,
            number=operator.account.number,
            current=not stranger and account is not None and operator.account_id == account.pk,
            role=str(Role(operator.role).label),
        )
        for operator in roles
    ]


def _acting(actor: Actor) -> Acting | None:
    if actor.through is None:
        return None
    names = {"member": actor.through.member.name, "manager": actor.through.manager.name}
    return Acting(
        sentence=_("You are working in the console of %(member)s, on behalf of %(manager)s.") % names,
        leave_url=reverse("accounts:member-leave"),
    )
