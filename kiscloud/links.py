"""The consoles of KIS cloud and the links beside their pages."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from accounts.navigation import (
    MANAGE,
    Link,
    Offer,
    Section,
    add_home,
    add_personal,
    add_product,
    add_section,
    explain_by,
)
from kiscloud.handbook.chapters import chapter_for
from kiscloud.models import AccountSet, Company

HELP: Final = "help"


def home_for(user: User, account: Account | None) -> str:
    """Through the management door to the management centre, unless there is only Enterprise Finance to manage; through
    the other to the workbench, for whoever runs a company or has a set to use (S2.2, S2.3, S4.1)."""
    runs = Company.objects.run_by(user).exists()
    if user.last_door == User.Door.MANAGEMENT:
        return reverse("kiscloud:manage") if runs or account is None or not account.is_enterprise else ""
    return reverse("accounts:workbench") if runs or AccountSet.objects.seen_by(user).exists() else ""


def register() -> None:
    """They are there from now on."""
    add_product(
        Offer(
            key=MANAGE,
            label=_("Management centre"),
            url_name="kiscloud:manage",
            icon="blocks",
            prefix="/manage/",
            note=_("Companies, products and account sets of KIS cloud"),
            personal=True,
        )
    )
    add_product(
        Offer(
            key=HELP,
            label=_("Help centre"),
            url_name="kiscloud:help",
            icon="circle-question-mark",
            prefix="/help/",
            listed=False,
        )
    )
    explain_by(chapter_for)
    links = [
        Link(_("My companies"), "kiscloud:company-list", "building-2"),
        Link(_("Add companies"), "kiscloud:company-to-add", "list-checks"),
    ]
    add_section(MANAGE, Section("", links))
    add_personal(Link(_("My clients"), "kiscloud:device-list", "laptop"))
    add_personal(Link(_("My drive"), "kiscloud:drive", "hard-drive"))
    add_home(home_for)
