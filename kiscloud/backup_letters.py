"""Letters about automatic backups that cannot be relied on (C9, C15)."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters.base import Letter, fact, facts, letter
from accounts.letters.news import News
from accounts.notifications import MAIL_AND_CENTRE, Notice, tell
from kiscloud.company_letters import administrators
from kiscloud.models import AccountSet, BackupAlarm


def register() -> None:
    """The company's administrators are told from now on."""
    tell(Notice("backup.alarmed", "set_without_backup", administrators, MAIL_AND_CENTRE))
    tell(Notice("backup.well_again", "set_backed_up_again", administrators, MAIL_AND_CENTRE))


def _page(account_set: AccountSet) -> str:
    return reverse("kiscloud:backup-list", args=[account_set.subscription_id], query={"kind": "automatic"})


@letter
def set_without_backup(news: News) -> Letter:
    """What is wrong, and what to do until it is mended."""
    account_set: AccountSet = news.subject
    trouble = BackupAlarm.Trouble(news.event.facts["trouble"])
    return Letter(
        subject=_("“%(set)s” has no good automatic backup") % {"set": account_set.name},
        says=(
            _("Our staff has been told, too. Until it is mended, make a backup by hand after each day's work."),
            _("You will be told when the automatic backups are well again."),
        ),
        facts=facts(
            fact(_("Account set"), f"{account_set.name} ({account_set.number})"),
            fact(_("What is wrong"), str(trouble.label)),
        ),
        button=_("See the backups"),
        page=_page(account_set),
        void=account_set.state != AccountSet.State.READY,
    )


@letter
def set_backed_up_again(news: News) -> Letter:
    """Nothing more to do."""
    account_set: AccountSet = news.subject
    return Letter(
        subject=_("“%(set)s” has a good automatic backup again") % {"set": account_set.name},
        says=(_("It was made, and restored for a test. There is nothing more to do."),),
        facts=facts(fact(_("Account set"), f"{account_set.name} ({account_set.number})")),
        button=_("See the backups"),
        page=_page(account_set),
        void=account_set.state != AccountSet.State.READY,
    )
