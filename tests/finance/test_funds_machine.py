"""Money against a simple model: whatever happens in whatever order, books balance and recallable is exact."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.actors import Actor, Door
from accounts.models import Account
from accounts.services.relationships import dissolve_relationship
from config.errors import DomainError
from finance.chain import Link, next_hash
from finance.models import Book, Entry
from finance.services import credit
from finance.services.allotments import recallable_of
from finance.services.credit_repayment import settle_credit
from tests.factories import UserFactory, make_account, make_relationship
from tests.finance.funds import allot, books_sum, fresh_key, funds, recall, spend, staff, top_up

ACCOUNTS = 4
place = st.integers(0, ACCOUNTS - 1)
amount = st.integers(1, 30_000).map(lambda fen: Decimal(fen) / 100)
ZERO = Decimal(0)


class Funds(RuleBasedStateMachine):
    """Two managers and two members; the model is plain dictionaries of yuan."""

    @initialize()
    def begin(self) -> None:
        """Everybody is linked with everybody below; the first group place goes to the first manager."""
        self.block = transaction.atomic()
        self.block.__enter__()
        self.actor = Actor(door=Door.CONSOLE, user=UserFactory.create(), cleared=True)
        self.staff = staff()
        self.accounts = [make_account(owner=self.actor.user) for _ in range(ACCOUNTS)]
        self.own = dict.fromkeys(range(ACCOUNTS), ZERO)
        self.lots: dict[int, dict[int, Decimal]] = defaultdict(dict)  # member → relationship's place → left
        self.limit = dict.fromkeys(range(ACCOUNTS), ZERO)
        self.given: dict[int, Decimal] = {}
        self.used = dict.fromkeys(range(ACCOUNTS), ZERO)
        self.links: list[list[Any]] = []
        pairs = [(0, 2, "group"), (1, 2, "partner"), (1, 3, "group"), (0, 3, "partner")]
        for number, (manager, member, kind) in enumerate(pairs):
            self.link(manager, member, kind, number)

    def link(self, manager: int, member: int, kind: str, number: int) -> None:
        since = timezone.now() - timedelta(days=10 - number)
        row = make_relationship(self.accounts[manager], self.accounts[member], kind=kind, at=since)
        self.links.append([row, manager, member, True])
        self.lots[member][len(self.links) - 1] = ZERO
        self.given[len(self.links) - 1] = ZERO

    def attempt(self, act) -> bool:
        """Whether the act was done; a refusal must be one of ours and change nothing."""
        before = list(Book.objects.order_by("pk").values_list("pk", "balance", "version"))
        try:
            with transaction.atomic():
                act()
        except DomainError:
            after = Book.objects.exclude(balance=0, version=0).order_by("pk").values_list("pk", "balance", "version")
            assert set(after) <= set(before)
            return False
        return True

    def credit_left(self, who: int) -> Decimal:
        """The model's unused limit."""
        received = sum((self.given[n] for n, link in enumerate(self.links) if link[2] == who and link[3]), ZERO)
        away = sum((self.given[n] for n, link in enumerate(self.links) if link[1] == who and link[3]), ZERO)
        return max(ZERO, max(ZERO, self.limit[who] + received - away) - self.used[who])

    @rule(who=place, yuan=amount)
    def tops_up(self, who: int, yuan: Decimal) -> None:
        top_up(self.accounts[who], str(yuan))
        self.own[who] += yuan

    @rule(which=st.integers(0, 3), yuan=amount)
    def allots(self, which: int, yuan: Decimal) -> None:
        row, manager, member, alive = self.links[which]
        done = self.attempt(lambda: allot(row, str(yuan), actor=self.actor))
        assert done == (alive and yuan > Decimal("0.01") and yuan <= self.own[manager])
        if done:
            self.own[manager] -= yuan
            self.lots[member][which] += yuan

    @rule(which=st.integers(0, 3), yuan=amount)
    def recalls(self, which: int, yuan: Decimal) -> None:
        row, manager, member, alive = self.links[which]
        balance = self.own[member] + _total(self.lots[member]) - self.used[member]
        done = self.attempt(lambda: recall(row, str(yuan), actor=self.actor))
        assert done == (alive and yuan <= self.lots[member][which] and yuan <= balance)
        if done:
            self.own[manager] += yuan
            self.lots[member][which] -= yuan

    @rule(who=place, yuan=amount)
    def spends(self, who: int, yuan: Decimal) -> None:
        available = self.own[who] + _total(self.lots[who]) + self.credit_left(who)
        done = self.attempt(lambda: spend(self.accounts[who], str(yuan)))
        assert done == (yuan <= available)
        if done:
            left = self.take_cash(who, yuan)
            self.used[who] += left

    def take_cash(self, who: int, yuan: Decimal) -> Decimal:
        """Own cash, then lots by age; answers what cash did not cover."""
        part = min(self.own[who], yuan)
        self.own[who] -= part
        yuan -= part
        for which in sorted(self.lots[who]):
            part = min(self.lots[who][which], yuan)
            self.lots[who][which] -= part
            yuan -= part
        return yuan

    @rule(who=place, yuan=amount)
    def is_granted_credit(self, who: int, yuan: Decimal) -> None:
        credit.grant_credit(actor=self.staff, account=self.accounts[who], limit=yuan)
        self.limit[who] += yuan

    @rule(which=st.integers(0, 3), yuan=amount, back=st.booleans())
    def moves_credit(self, which: int, yuan: Decimal, back: bool) -> None:
        row, manager, member, alive = self.links[which]
        act = credit.recall_credit if back else credit.allot_credit
        possible = alive and (
            yuan <= self.given[which] and yuan <= self.credit_left(member)
            if back
            else row.kind == "group" and yuan <= self.credit_left(manager)
        )
        assert self.attempt(lambda: act(actor=self.actor, relationship_id=row.pk, amount=yuan)) == possible
        if possible:
            self.given[which] += -yuan if back else yuan

    @rule(who=place)
    def settles(self, who: int) -> None:
        settled = settle_credit(account=self.accounts[who], key=fresh_key())
        assert settled == min(self.used[who], self.own[who] + _total(self.lots[who]))
        self.take_cash(who, settled)
        self.used[who] -= settled

    @rule(which=st.integers(0, 3))
    def dissolves(self, which: int) -> None:
        row, _manager, member, alive = self.links[which]
        received = sum((self.given[n] for n, link in enumerate(self.links) if link[2] == member and link[3]), ZERO)
        away = sum((self.given[n] for n, link in enumerate(self.links) if link[1] == member and link[3]), ZERO)
        rest = max(ZERO, max(ZERO, self.limit[member] + received - away) - self.given[which])
        done = self.attempt(lambda: dissolve_relationship(actor=self.actor, relationship_id=row.pk))
        assert done == (alive and self.used[member] <= rest)
        if done:
            self.links[which][3] = False
            self.own[member] += self.lots[member][which]
            self.lots[member][which] = ZERO
            self.given[which] = ZERO

    @invariant()
    def everything_agrees(self) -> None:
        """The model, the books, the sums, and what each manager can recall."""
        if not hasattr(self, "links"):
            return
        assert books_sum() == 0
        for who, account in enumerate(self.accounts):
            has = funds(account)
            assert (has.cash, has.allotted) == (self.own[who], _total(self.lots[who]))
            assert has.credit_used == self.used[who]
        for which, (row, _manager, member, alive) in enumerate(self.links):
            fresh = type(row).objects.get(pk=row.pk)
            assert recallable_of(relationship=fresh) == (self.lots[member][which] if alive else ZERO)

    def teardown(self) -> None:
        """Every chain verifies; nothing of the example stays."""
        if not hasattr(self, "block"):
            return
        for book in Book.objects.all():
            head = b""
            for entry in Entry.objects.filter(book=book).order_by("sequence"):
                head = next_hash(
                    head, Link(book.pk, entry.sequence, entry.transfer_id, entry.amount, entry.balance_after)
                )
            assert head == bytes(book.head)
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)


def _total(lots: dict[int, Decimal]) -> Decimal:
    return sum(lots.values(), ZERO)


@pytest.mark.django_db
@pytest.mark.rule("K10.8", "K8.7", "K8.8")
def test_money_behaves_like_the_model(cheap_hashes: None) -> None:
    run_state_machine_as_test(
        Funds,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert Account.objects.count() == 0
