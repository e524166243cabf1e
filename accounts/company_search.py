"""Looking up companies while somebody types: what the list below the field shows (`_companies.html`)."""

from accounts import limits
from accounts.http import ConsoleRequest
from accounts.registry import registry, searchable
from config.errors import DomainError


def companies_for(request: ConsoleRequest, field: str) -> dict[str, object]:
    """What was typed into this field, and the companies that it may mean or why there are none; counts the look-up."""
    text = request.GET.get(field, "").strip()
    if not searchable(text):
        return {"asked": text, "too_short": bool(text), "companies": []}
    try:
        limits.registry_searches(request.user.pk)
        return {"asked": text, "companies": registry().search(text)}
    except DomainError as error:
        return {"asked": text, "companies": [], "trouble": str(error)}


def looked_up(request: ConsoleRequest) -> dict[str, object]:
    """The same for a page without a script, whose button sends `look_up`; nothing where it was not pressed."""
    return companies_for(request, "look_up") if request.GET.get("look_up") else {}
