"""Which account the person stands in, and as whom they act."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import Door
from accounts.http import actor_at
from accounts.models import Account, Operator, Relationship, User
from accounts.services.directory import entered_by
from config.errors import DomainError
from config.web import refusal

ACCOUNT_KEY = "account"
THROUGH_KEY = "through"


class SwitchedElsewhere(DomainError):
    """Another tab switched the account while this form was open."""

    code = "switched_account"
    sentence = _("You switched to another account in another tab, so nothing was done. Please go back and check.")


class CurrentAccount:
    """Sets `request.account` (or None) and `request.actor`; a form made for another account is refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Judged anew on every request: a role or relationship that ended is gone at once."""
        account, through = self._stand(request)
        request.account = account  # type: ignore[attr-defined]
        user = request.user if isinstance(request.user, User) else None
        request.actor = actor_at(request, Door.CONSOLE, user=user, account=account, through=through)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_args: object) -> HttpResponse | None:
        """A POST says for which account its page was made; see `form_guard`."""
        is_form = request.method == "POST" and not request.path.startswith("/api/")
        made_for = request.POST.get("_account") if is_form else None
        account = getattr(request, "account", None)
        if made_for and made_for != str(account.pk if account else ""):
            return refusal(request, SwitchedElsewhere())
        return None

    def _stand(self, request: HttpRequest) -> tuple[Account | None, Relationship | None]:
        if not isinstance(request.user, User):
            return None, None
        self._note_seen(request)
        if through_id := request.session.get(THROUGH_KEY):
            if (relationship := entered_by(user=request.user, relationship_id=through_id)) is not None:
                return relationship.member, relationship
            del request.session[THROUGH_KEY]
        operated = Operator.objects.filter(user=request.user).select_related("account__enterprise")
        chosen = (
            operated.filter(account_id=request.session.get(ACCOUNT_KEY) or 0).first() or operated.order_by("pk").first()
        )
        return (chosen.account if chosen else None), None

    @staticmethod
    def _note_seen(request: HttpRequest) -> None:
        stamp = int(timezone.now().timestamp())
        if stamp - request.session.get("seen", 0) > policy.SESSION_SEEN_EVERY.total_seconds():
            request.session["seen"] = stamp
