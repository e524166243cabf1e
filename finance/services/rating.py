"""Turning usage into drafts of bill lines, set by set, inside the database.

Everything stands in temporary tables of the transaction: prices and discounts as spans of time that do not overlap, so
that each line finds at most one of each, and `bill_draft`, one row for each line to be written. The price of a line is
that of the start of its cycle, and so are its payer (A2.15) and whose discount counts (A2.9, A2.13, K1.3).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from finance import policy
from finance.cycles import LONGEST
from finance.models.usage import SHARDS

_TABLES = ("bill_draft", "bill_price", "bill_rate", "bill_offer")

# Spans of time and of quantity, one for each tier: `base` is what the tiers below it come to. The first price of a
# product is also that of the usage that came before it: no later one could be.
_PRICES = """
CREATE TEMP TABLE bill_price ON COMMIT DROP AS
WITH tier AS (
    SELECT price_id, above, unit_price, lead(above) OVER (PARTITION BY price_id ORDER BY above) AS next
    FROM finance_pricetier
), price AS (
    SELECT id, product_id, CASE WHEN row_number() OVER span = 1 THEN '-infinity' ELSE valid_from END AS valid_from,
           coalesce(lead(valid_from) OVER span, 'infinity') AS valid_until
    FROM finance_price WHERE valid_from <= %(until)s WINDOW span AS (PARTITION BY product_id ORDER BY valid_from)
)
SELECT p.product_id, p.valid_from, p.valid_until, t.above, t.unit_price, coalesce(t.next, 'infinity') AS up_to,
       CASE WHEN row_number() OVER lower = 1 THEN '-infinity' ELSE t.above END AS beyond,
       coalesce(sum((t.next - t.above) * t.unit_price) OVER (lower ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
           AS base
FROM price p JOIN tier t ON t.price_id = p.id
WINDOW lower AS (PARTITION BY p.id ORDER BY t.above)
"""
# How what is used (u) finds its price (c), and what it costs at it.
PRICE_FITS = """c.product_id = u.product_id AND c.valid_from <= u.cycle_start AND u.cycle_start < c.valid_until
        AND c.beyond < u.quantity AND u.quantity <= c.up_to"""
AT_LIST_PRICE = "c.base + greatest(u.quantity - c.above, 0) * c.unit_price"

# For each account with a contract and each product: the rate that counts in each span between two changes. The
# narrowest scope wins, the lowest rate among equals; `inherited` is the same for members, by what may be inherited.
_RATES = """
CREATE TEMP TABLE bill_rate ON COMMIT DROP AS
WITH held AS (
    SELECT d.account_id, p.id AS product_id, d.valid_from, coalesce(d.valid_until, 'infinity') AS valid_until,
           d.rate, d.inheritable,
           CASE WHEN d.product_id IS NOT NULL THEN 1 WHEN d.category_id IS NOT NULL THEN 2 ELSE 3 END AS width
    FROM finance_discount d JOIN finance_product p ON p.pay_mode = 'postpaid' AND CASE
        WHEN d.product_id IS NOT NULL THEN d.product_id = p.id
        ELSE d.category_id IS NULL OR d.category_id = p.category_id END
), edge AS (
    SELECT account_id, product_id, valid_from AS at FROM held
    UNION SELECT account_id, product_id, valid_until FROM held WHERE valid_until < 'infinity'
), span AS (
    SELECT account_id, product_id, at AS valid_from,
           coalesce(lead(at) OVER (PARTITION BY account_id, product_id ORDER BY at), 'infinity') AS valid_until
    FROM edge
)
SELECT s.account_id, s.product_id, s.valid_from, s.valid_until,
       (array_agg(h.rate ORDER BY h.width, h.rate))[1] AS rate,
       (array_agg(h.rate ORDER BY h.width, h.rate) FILTER (WHERE h.inheritable))[1] AS inherited
FROM span s JOIN held h ON h.account_id = s.account_id AND h.product_id = s.product_id
    AND h.valid_from <= s.valid_from AND h.valid_until > s.valid_from
GROUP BY 1, 2, 3, 4
"""

_OFFERS = """
CREATE TEMP TABLE bill_offer ON COMMIT DROP AS
WITH held AS (
    SELECT p.id AS product_id, o.valid_from, o.valid_until, o.rate, o.with_contract
    FROM finance_promotion o JOIN finance_product p ON p.pay_mode = 'postpaid' AND o.pay_mode IN ('', 'postpaid')
        AND CASE WHEN o.product_id IS NOT NULL THEN o.product_id = p.id
                 ELSE o.category_id IS NULL OR o.category_id = p.category_id END
), edge AS (
    SELECT product_id, valid_from AS at FROM held UNION SELECT product_id, valid_until FROM held
), span AS (
    SELECT product_id, at AS valid_from,
           coalesce(lead(at) OVER (PARTITION BY product_id ORDER BY at), 'infinity') AS valid_until
    FROM edge
)
SELECT s.product_id, s.valid_from, s.valid_until,
       coalesce(min(h.rate) FILTER (WHERE h.with_contract), 1) AS on_top,
       coalesce(min(h.rate) FILTER (WHERE NOT h.with_contract), 1) AS instead
FROM span s JOIN held h ON h.product_id = s.product_id AND h.valid_from <= s.valid_from AND h.valid_until > s.valid_from
GROUP BY 1, 2, 3
"""

_DRAFT = """
CREATE TEMP TABLE bill_draft (
    id bigint NOT NULL, owner_id bigint NOT NULL, product_id bigint NOT NULL, category_id bigint NOT NULL,
    instance varchar(100) NOT NULL, cycle_start timestamptz NOT NULL, cycle_end timestamptz NOT NULL,
    month date NOT NULL, revision int NOT NULL DEFAULT 0,
    quantity numeric NOT NULL, gross numeric, covered numeric NOT NULL DEFAULT 0,
    rate numeric NOT NULL, discount numeric, coupon numeric NOT NULL DEFAULT 0, payable numeric,
    voucher numeric NOT NULL DEFAULT 0,
    carried numeric NOT NULL DEFAULT 0,  -- what earlier lines of the cycle rounded off
    payer_id bigint NOT NULL, credit_only boolean NOT NULL, shares boolean NOT NULL,
    trust_id bigint  -- only where a month has a limit
) ON COMMIT DROP
"""

# What each cycle used that nobody has billed. Shards are locked, so intake adds nothing to them meanwhile. In the order
# in which indexes of bill lines grow at their ends.
_FRESH = """
    SELECT u.owner_id, u.product_id, u.instance, u.cycle_start, u.cycle_end, sum(u.quantity) AS quantity
    FROM finance_usage u JOIN finance_billingshard s ON s.number = u.shard
    WHERE u.shard = ANY(%(shards)s) AND u.cycle_end > s.billed_until AND u.cycle_end <= %(until)s
        AND u.cycle_start >= %(since)s
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 4
"""

# Cycles that changed after they were billed, as a whole; what was billed is taken off below.
_LATE = """
    SELECT l.owner_id, l.product_id, l.instance, l.cycle_start, l.cycle_end,
           (SELECT coalesce(sum(u.quantity), 0) FROM finance_usage u WHERE u.cycle_start = l.cycle_start
                AND u.owner_id = l.owner_id AND u.product_id = l.product_id AND u.instance = l.instance) AS quantity
    FROM finance_lateusage l WHERE l.shard = ANY(%(shards)s) AND l.cycle_end <= %(until)s
"""

# OFFSET 0: the database would work out every step again wherever it is named.
_PRICED = """
INSERT INTO bill_draft (id, owner_id, product_id, category_id, instance, cycle_start, cycle_end, month, quantity, gross,
                        rate, discount, payable, payer_id, credit_only, shares, trust_id)
SELECT nextval('finance_billline_id_seq'), owner_id, product_id, category_id, instance, cycle_start, cycle_end,
       date_trunc('month', cycle_start AT TIME ZONE 'Asia/Shanghai')::date, quantity, gross, rate, discount,
       round(gross - discount, 2), coalesce(trustee_id, owner_id), trustee_id IS NOT NULL AND NOT from_cash,
       trustee_id IS NULL OR shares_vouchers, capped_id
FROM (SELECT *, round(gross * (1 - rate), 8) AS discount FROM (
    SELECT u.*, p.category_id, t.manager_id AS trustee_id, t.from_cash, t.shares_vouchers, round({at_list}, 8) AS gross,
        CASE WHEN t.cap IS NOT NULL THEN t.id END AS capped_id,
        round(least(coalesce(o.on_top, 1) * CASE
            WHEN g.keeps_own_discount OR (t.manager_id IS NULL AND i.manager_id IS NULL) THEN coalesce(own.rate, 1)
            WHEN t.manager_id IS NOT NULL THEN coalesce(his.rate, 1)
            ELSE least(coalesce(own.rate, 1), coalesce(his.inherited, 1)) END, coalesce(o.instead, 1)), 8) AS rate
    FROM ({usage}) u
    JOIN finance_product p ON p.id = u.product_id
    JOIN finance_category g ON g.id = p.category_id
    LEFT JOIN bill_price c ON {price_fits}
    LEFT JOIN bill_offer o ON o.product_id = u.product_id
        AND o.valid_from <= u.cycle_start AND u.cycle_start < o.valid_until
    LEFT JOIN finance_trust t ON t.member_id = u.owner_id AND t.state IN ('agreed', 'ended')
        AND t.starts_at <= u.cycle_start AND (t.ends_at IS NULL OR u.cycle_start < t.ends_at)
    LEFT JOIN finance_inheritance i ON i.member_id = u.owner_id AND i.what = 'discount'
        AND i.starts_at <= u.cycle_start AND (i.ends_at IS NULL OR u.cycle_start < i.ends_at)
    LEFT JOIN bill_rate own ON own.account_id = u.owner_id AND own.product_id = u.product_id
        AND own.valid_from <= u.cycle_start AND u.cycle_start < own.valid_until
    LEFT JOIN bill_rate his ON his.account_id = coalesce(t.manager_id, i.manager_id) AND his.product_id = u.product_id
        AND his.valid_from <= u.cycle_start AND u.cycle_start < his.valid_until
    OFFSET 0
) listed OFFSET 0) priced
"""

# A cycle without a list price waits among the late ones until there is one; so does one that no bill can hold, which
# is a mistake of metering, until that is corrected: nobody else's bill waits for it.
_UNBILLABLE = """
WITH gone AS (DELETE FROM bill_draft WHERE gross IS NULL OR gross > %(most)s OR abs(quantity) > %(most_units)s
              RETURNING owner_id, product_id, instance, cycle_start, cycle_end)
INSERT INTO finance_lateusage (shard, owner_id, product_id, instance, cycle_start, cycle_end)
SELECT owner_id %% %(all)s, owner_id, product_id, instance, cycle_start, cycle_end FROM gone ON CONFLICT DO NOTHING
"""

# Late cycles: the whole as it is now, less what was billed of it. What commitments covered stays covered, and what a
# coupon took off stays off, as far as there is something to cover and to take it off.
_DIFFERENCES = """
WITH billed AS (
    SELECT d.id, max(b.revision) + 1 AS revision, sum(b.quantity) AS quantity, sum(b.gross) AS gross,
           sum(b.covered) AS was_covered, least(sum(b.covered), d.gross) AS covered, sum(b.discount) AS discount,
           sum(b.rounding) AS rounding, sum(b.coupon) AS coupon, sum(b.payable) AS payable
    FROM bill_draft d JOIN finance_billline b ON b.owner_id = d.owner_id AND b.product_id = d.product_id
        AND b.cycle_start = d.cycle_start AND b.instance = d.instance AND b.category = 'use'
    GROUP BY d.id, d.gross
), reduced AS (
    SELECT b.*, round((d.gross - b.covered) * (1 - d.rate), 8) AS new_discount
    FROM billed b JOIN bill_draft d USING (id)
), now_due AS (
    SELECT r.*, round(d.gross - r.covered - r.new_discount, 2) AS price FROM reduced r JOIN bill_draft d USING (id)
)
UPDATE bill_draft d SET revision = b.revision, quantity = d.quantity - b.quantity, gross = d.gross - b.gross,
    covered = b.covered - b.was_covered, discount = b.new_discount - b.discount,
    coupon = least(b.coupon, b.price) - b.coupon, payable = b.price - least(b.coupon, b.price) - b.payable,
    carried = b.rounding
FROM now_due b WHERE b.id = d.id
"""
_NOTHING_NEW = "DELETE FROM bill_draft WHERE revision > 0 AND quantity = 0 AND gross = 0 AND payable = 0"
_FORGET_LATE = "DELETE FROM finance_lateusage WHERE shard = ANY(%(shards)s) AND cycle_end <= %(until)s"


def draft_usage(*, shards: Sequence[int], until: datetime, since: datetime) -> None:
    """`bill_draft` holds a line for each cycle that ended by then and is not billed, and for each difference of late
    ones; those without a list price, or beyond all measure, wait.

    `since` is the earliest moment until which one of the shards is billed. Call it in a transaction
    that holds the shards. Nothing is charged yet.
    """
    facts: dict[str, Any] = {"shards": list(shards), "until": until, "since": since - LONGEST, "all": SHARDS}
    facts |= {"most": policy.BILL_LINE_MOST, "most_units": policy.BILL_LINE_UNITS_MOST}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in _TABLES)}")
        cursor.execute(_PRICES, facts)
        for table in (_RATES, _OFFERS, _DRAFT):
            cursor.execute(table)
        cursor.execute("ANALYZE bill_price, bill_rate, bill_offer")
        cursor.execute(_priced(_LATE), facts)
        cursor.execute(_FORGET_LATE, facts)
        cursor.execute(_UNBILLABLE, facts)
        cursor.execute(_DIFFERENCES)
        cursor.execute(_NOTHING_NEW)
        cursor.execute(_priced(_FRESH), facts)
        cursor.execute(_UNBILLABLE, facts)
        cursor.execute("ANALYZE bill_draft (payer_id, credit_only, month)")


def _priced(usage: str) -> str:
    return _PRICED.format(usage=usage, price_fits=PRICE_FITS, at_list=AT_LIST_PRICE)
