"""The story's bills: what the group's accounts use and buy, month after month, and who pays for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.actors import Actor
from accounts.demo import DAY, HOUR, Story
from accounts.models import Account, Relationship
from finance.cast import account, link, owner
from finance.models import BillLine, Product, RepaymentPlan, Statement
from finance.models.usage import SHARDS
from finance.services.billing import bill_usage
from finance.services.catalogue import add_category, add_product, set_price
from finance.services.commitments import grant_commitment
from finance.services.discounts import add_promotion, grant_discount
from finance.services.disputes import raise_dispute
from finance.services.metering import take_usage
from finance.services.order_payments import pay_order
from finance.services.orders import place_order
from finance.services.plan_runs import execute_plan
from finance.services.plans import Wish, create_plan
from finance.services.staging import Row
from finance.services.statements import confirm_statement, issue_statements
from finance.services.trusteeships import accept_trust, propose_trust
from finance.services.vouchers import grant_coupon, grant_voucher

D = Decimal
CATEGORIES = {"compute": "计算", "storage": "存储与数据库", "network": "网络", "telecom": "通信"}
# code, name, category, unit, how it is billed, yuan a unit and cycle (or month), from which quantity on
PRODUCTS: Sequence[tuple[str, str, str, str, str, Mapping[str, str]]] = [
    ("ecs", "云服务器（按量）", "compute", "核·时", "hour", {"0": "0.28"}),
    ("rds", "云数据库（按量）", "storage", "核·时", "hour", {"0": "0.46"}),
    ("oss", "对象存储", "storage", "GB·天", "day", {"0": "0.0048", "50000": "0.0042"}),
    ("cdn", "内容分发流量", "network", "GB", "day", {"0": "0.24", "500": "0.19", "5000": "0.15"}),
    ("sms", "短信服务", "telecom", "条", "day", {"0": "0.045"}),
    ("ecs-month", "云服务器（包月）", "compute", "台", "", {"0": "186", "10": "172"}),
    ("rds-month", "云数据库（包月）", "storage", "实例", "", {"0": "420"}),
]
# Which part of what an account spends goes into which product, by hundredths, and from how many instances.
MIX = {"ecs": (42, 3), "rds": (23, 2), "oss": (15, 1), "cdn": (15, 1), "sms": (5, 1)}
PARTS_OF_A_DAY = 8  # records of an hourly product


@dataclass
class Bills:
    """The telling of what is used, bought, billed, confirmed and repaid."""

    story: Story
    prices: dict[str, Decimal] = field(default_factory=dict)

    def open_catalogue(self, at: datetime, group: Account) -> None:
        """What the platform sells, and what the group has agreed with it."""
        staff = self.story.staff
        families = {
            code: add_category(actor=staff, code=code, name=name, keeps_own_discount=code == "telecom")
            for code, name in CATEGORIES.items()
        }
        for code, name, family, unit, cycle, tiers in PRODUCTS:
            product = add_product(
                actor=staff,
                category=families[family],
                code=code,
                name=name,
                unit=unit,
                pay_mode="postpaid" if cycle else "prepaid",
                cycle=cycle or "month",
            )
            wanted = [(D(above), D(price)) for above, price in tiers.items()]
            set_price(actor=staff, product_id=product.pk, tiers=wanted, valid_from=at, now=at)
            self.prices[code] = D(tiers["0"])
        end = self.story.now + 300 * DAY
        grant_discount(actor=staff, account=group, rate=D("0.85"), valid_until=end, note="年度框架协议", now=at)
        grant_discount(
            actor=staff, account=group, rate=D("0.78"), category=families["compute"], valid_until=end, now=at
        )
        add_promotion(
            actor=staff, name="存储冬季优惠", rate=D("0.9"), category=families["storage"], valid_until=end, now=at
        )
        grant_voucher(actor=staff, account=group, face=D("2000.00"), valid_until=end, note="年度返券", now=at)
        grant_commitment(
            actor=staff, account=group, kind="savings", per_cycle=D("2.5"), valid_until=end, shared=True, now=at
        )
        grant_coupon(actor=staff, account=group, off=D("300.00"), least=D("3000.00"), valid_until=end, now=at)

    def use(self, spenders: Mapping[str, Decimal], until: datetime) -> None:
        """The day before this moment, metered and billed: so many yuan, about, for each of these accounts."""
        rows = [row for who, yuan in spenders.items() for row in self._records(account(who), yuan, until)]
        take_usage(rows=rows, now=until)
        bill_usage(shards=range(SHARDS), until=until, now=until)

    def _records(self, spender: Account, yuan: Decimal, until: datetime) -> Iterator[Row]:
        for code, (share, instances) in MIX.items():
            times = PARTS_OF_A_DAY if code in {"ecs", "rds"} else 1
            quantity = yuan * share / 100 / instances / times / self.prices[code]
            for number in range(instances):
                for part in range(times):
                    start = until - DAY + part * timedelta(hours=24 // PARTS_OF_A_DAY)
                    source = f"{code}-{spender.number}-{number}-{start:%Y%m%d%H}"
                    wave = D(94 + (start.hour * 7 + number * 5 + spender.pk) % 13) / 100
                    yield [
                        source,
                        spender.number,
                        code,
                        f"{code}-{spender.username}-{number + 1}",
                        f"{quantity * wave:.4f}",
                        start.isoformat(timespec="seconds"),
                        (start + HOUR / 2).isoformat(timespec="seconds"),
                        "",
                    ]

    def trust(self, at: datetime) -> None:
        """The group pays for its laboratory from now on: one enterprise, one bill."""
        cleared = Actor(
            door=owner("yunling").door, user=owner("yunling").user, account=account("yunling"), cleared=True
        )
        found = propose_trust(
            actor=cleared, relationship_id=link("yunling", "yunling-lab").pk, cap=D("20000.00"), now=at
        )
        accept_trust(actor=owner("yunling-lab"), trust_id=found.pk, now=at + 3 * HOUR)

    def close_months(self, at: datetime) -> None:
        """Months that are over are issued; most are confirmed, one line is doubted, a plan repays a member's."""
        issue_statements(now=at)
        for statement in Statement.objects.filter(state=Statement.State.TO_CONFIRM).select_related("account"):
            username = statement.account.username
            if username == "chenxi":
                self._doubt(statement, at)
            elif username in {"yunling-data", "yunling-lab"}:
                through = link("yunling", username).pk
                confirm_statement(actor=owner("yunling"), statement_id=statement.pk, through=through, now=at + HOUR)
            elif username != "yunling-smart":
                confirm_statement(actor=owner(username), statement_id=statement.pk, now=at + HOUR)
        self._plan(at + 2 * HOUR)

    def _doubt(self, statement: Statement, at: datetime) -> None:
        line = statement.bill_lines.filter(product__code="cdn").order_by("-payable")[0]
        reason = "当天做了一次压测，流量已与客户经理约定免收，请核对。"
        raise_dispute(actor=owner("chenxi"), line_id=line.pk, amount=line.payable, reason=reason, now=at + HOUR)

    def _plan(self, at: datetime) -> None:
        members = Relationship.objects.in_force().filter(manager=account("yunling")).values_list("member_id", flat=True)
        due = Statement.objects.repayable().filter(account__in=members).order_by("pk")
        wanted = [one.pk for one in due if one.account.username != "yunling-lab"]
        if wanted:
            wish = Wish(
                name=f"{at:%m} 月统一还款", statements=wanted, order=RepaymentPlan.Order.OLDEST_DUE, consent=True
            )
            plan = create_plan(actor=owner("yunling"), account=account("yunling"), wish=wish, now=at)
            execute_plan(plan_id=plan.pk, now=at)

    def buy(self, who: str, code: str, quantity: int, months: int, at: datetime, *, paid: bool = True) -> None:
        """Something for months ahead, paid, or still in the basket."""
        product = Product.objects.get(code=code)
        order = place_order(
            actor=owner(who),
            account=account(who),
            product_id=product.pk,
            quantity=D(quantity),
            months=months,
            key=f"story-{who}-{code}-{quantity}",
            now=at,
        )
        if paid:
            pay_order(actor=owner(who), order_id=order.pk, now=at + HOUR / 4)

    @property
    def lines(self) -> int:
        """How much was billed."""
        return BillLine.objects.count()
