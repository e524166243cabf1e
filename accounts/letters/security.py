"""Letters to a person about the person's own log-in and keys: should it not have been them, they hear of it."""

from django.utils.translation import gettext as _

from accounts.letters.base import Fact, Letter, fact, facts, labels, letter, moment, page, shown
from accounts.letters.news import News
from accounts.mobile import mask_mobile
from accounts.models.api_key import Scope


def _circumstances(news: News) -> tuple[Fact | None, ...]:
    event = news.event
    return (fact(_("When"), moment(event.at)), fact(_("From address"), event.address) if event.address else None)


def _alarm() -> str:
    return _("If it was not you, set a new password with “Forgot password” at once and write to us.")


@letter
def password_changed(news: News) -> Letter:
    """A new password is in force."""
    return Letter(
        subject=_("Your password has been changed"),
        says=(_("A new password was set for your log-in. All other devices have been logged out."),),
        facts=facts(*_circumstances(news)),
        button=_("See my log-ins"),
        page=page("session-list"),
        idle=_alarm(),
    )


@letter
def login_activated(news: News) -> Letter:
    """The first password is in force (S2.7)."""
    return Letter(
        subject=_("Your log-in is ready"),
        says=(_("You have set your first password and can log in with your mobile number from now on."),),
        facts=facts(*_circumstances(news)),
        button=_("Open my log-in"),
        page=page("profile"),
        idle=_alarm(),
    )


@letter
def mobile_changed(news: News) -> Letter:
    """Codes go to another number."""
    return Letter(
        subject=_("Your mobile number has been changed"),
        says=(_("Codes and texts go to the new number from now on, and you log in with it."),),
        facts=facts(fact(_("New number"), mask_mobile(news.subject.mobile or "")), *_circumstances(news)),
        button=_("Open my log-in"),
        page=page("profile"),
        idle=_alarm(),
    )


def _about_key(news: News) -> tuple[Fact, ...]:
    key = news.subject
    return facts(
        fact(_("Account"), shown(key.account)),
        fact(_("API key"), key),
        fact(_("Allows to"), *labels(key.scopes, Scope)),
        fact(_("By"), news.event.actor_name or _("System")),
        *_circumstances(news),
    )


@letter
def key_created(news: News) -> Letter:
    """A program can act for the account."""
    return Letter(
        subject=_("A new API key has been created"),
        says=(_("Whoever has this key can act for your account within its scopes."),),
        facts=_about_key(news),
        button=_("See all keys"),
        page=page("api-key-list"),
        idle=_("If nobody of yours created it, revoke the key at once and write to us."),
    )


@letter
def key_revoked(news: News) -> Letter:
    """The key no longer works."""
    return Letter(
        subject=_("An API key has been revoked"),
        says=(_("Programs that still use this key are refused from now on."),),
        facts=_about_key(news),
        button=_("See all keys"),
        page=page("api-key-list"),
    )
