"""What can be done with a product at a moment, and what speaks against the rest: the services' own refusals."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from config.errors import DomainError
from config.states import MoveRefused
from kiscloud.models import Company, Subscription
from kiscloud.product_reports import Shown
from kiscloud.services.activation import NothingToRenew
from kiscloud.services.subscriptions import require_deletable, require_trial
from kiscloud.services.switching import against_private
from kiscloud.set_operations import refusal_to_create


class Operation(StrEnum):
    """In the order of their use."""

    TRY = "try"
    ACTIVATE = "activate"
    UPDATE = "update"
    ADD_MODULE = "add_module"
    TO_PRIVATE = "to_private"
    CREATE_SET = "create_set"
    DELETE = "delete"


def trial_refusal(company: Company) -> DomainError | None:
    """What speaks against one more trial in the company, whichever product it is of; some queries."""
    return _refused(lambda: require_trial(company=company))


def refusals_of(row: Shown, *, trial: DomainError | None) -> Mapping[Operation, DomainError | None]:
    """For each operation what its service would refuse it with now; None where it would not. No queries.

    `trial` is the company's `trial_refusal`.
    """
    product = row.product
    return {
        Operation.TRY: trial if row.may_try else _moved(product, "try_out"),
        Operation.ACTIVATE: None if row.may_activate else _moved(product, "activate"),
        Operation.UPDATE: None if row.may_update else _nothing(product),
        Operation.ADD_MODULE: None if row.may_add_module else _nothing(product),
        Operation.TO_PRIVATE: against_private(product=product, at=row.at),
        Operation.CREATE_SET: refusal_to_create(product, at=row.at, used=row.sets_used),
        Operation.DELETE: _refused(lambda: require_deletable(product=product, sets=row.sets_used)),
    }


def _moved(product: Subscription, move: str) -> MoveRefused:
    return MoveRefused(instance=product, move=move, state=product.get_state_display())


def _nothing(product: Subscription) -> NothingToRenew:
    return NothingToRenew(product=product.get_edition_display())


def _refused(check: Callable[[], None]) -> DomainError | None:
    try:
        check()
    except DomainError as error:
        return error
    return None
