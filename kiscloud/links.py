"""The consoles of KIS cloud and the links beside their pages."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.navigation import MANAGE, Link, Offer, Section, add_personal, add_product, add_section, explain_by
from kiscloud.handbook.chapters import chapter_for

HELP: Final = "help"


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
