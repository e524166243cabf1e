"""Every (state, transition) pair of the machines of products and backups, and every boundary of their time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from finance.months import add_months
from kiscloud.models import ActivationKey, Backup, Subscription
from tests.states import every_move, outcome

NOW = datetime.fromisoformat("2026-03-10T10:00:00+08:00")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PERIOD = {"at": NOW, "until": NOW + 30 * DAY}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "try_out": PERIOD,
    "activate": {**PERIOD, "key": ActivationKey()},
    "renew_public": PERIOD,
    "renew_private": PERIOD,
    "switch": {"mode": "private"},
    "enter_private": {"at": NOW},
    "finish": {"at": NOW},
    "fail": {"fault": "x"},
    "delete_for_good": {"at": NOW},
}
IN_USE = ("public", "private", "in_use")
ALLOWED: dict[Any, dict[tuple[str, str], str]] = {
    Subscription: {
        ("unused", "try_out"): "trial",
        **{(state, "activate"): "public" for state in ("unused", "trial", "expired")},
        **{(state, "renew_public"): "public" for state in (*IN_USE, "expired")},
        **{(state, "renew_private"): "private" for state in (*IN_USE, "expired")},
        ("public", "switch"): "in_use",
        ("private", "switch"): "in_use",
        ("in_use", "enter_public"): "public",
        ("in_use", "enter_private"): "private",
        **{(state, "expire"): "expired" for state in ("trial", *IN_USE)},
    },
    Backup: {
        ("creating", "finish"): "success",
        ("creating", "fail"): "failed",
        ("success", "delete_for_good"): "deleted",
        ("failed", "delete_for_good"): "deleted",
    },
}
PAIRS = [(model, state, move) for model in ALLOWED for state, move in every_move(model, "state")]


@pytest.mark.rule("S9.1", "S9.6", "S16.2")
@pytest.mark.parametrize(("model", "state", "move"), PAIRS)
def test_every_move_from_every_state(model: Any, state: str, move: str) -> None:
    assert outcome(model(state=state), "state", move, **ARGUMENTS.get(move, {})) == ALLOWED[model].get((state, move))


@pytest.mark.rule("S9.1")
def test_there_are_six_states_of_a_product() -> None:
    assert [str(state.value) for state in Subscription.State] == [
        "unused",
        "trial",
        "public",
        "private",
        "in_use",
        "expired",
    ]


@pytest.mark.rule("S9.7", "S10.2", "S10.3")
@pytest.mark.parametrize(
    "end",
    [
        NOW,
        datetime.fromisoformat("2026-03-10T00:00:00+08:00"),  # midnight in Shanghai is the day before in Greenwich
        datetime.fromisoformat("2028-02-14T12:00:00+08:00"),  # the 15 days run over the 29th of February
        datetime.fromisoformat("2026-12-31T23:59:59+08:00"),
    ],
)
def test_every_boundary_to_the_second(end: datetime) -> None:
    product = Subscription(state="public", starts_at=end - 365 * DAY, expires_at=end)
    for at, state, opens in (
        (end - SECOND, "public", True),
        (end, "expired", True),
        (end + 15 * DAY - SECOND, "expired", True),
        (end + 15 * DAY, "expired", False),
        (end + 30 * DAY, "expired", False),
    ):
        assert (product.state_at(at=at), product.opens_at(at=at)) == (state, opens)


@pytest.mark.rule("S10.6")
@pytest.mark.parametrize(
    ("begun", "months", "end"),
    [
        ("2027-02-28T09:00:00+08:00", 12, "2028-02-28T09:00:00+08:00"),
        ("2028-02-29T09:00:00+08:00", 12, "2029-02-28T09:00:00+08:00"),
        ("2026-01-31T09:00:00+08:00", 1, "2026-02-28T09:00:00+08:00"),
    ],
)
def test_a_year_ends_on_the_same_day_or_the_last_of_its_month(begun: str, months: int, end: str) -> None:
    assert add_months(datetime.fromisoformat(begun), months) == datetime.fromisoformat(end)
