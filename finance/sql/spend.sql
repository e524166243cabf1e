-- The day a bill line counts on: usage on the day it was used, unless that month was closed already; anything else, and
-- what came late, on the day it was billed.
CREATE FUNCTION bill_day(kind text, used timestamptz, billed timestamptz, month date) RETURNS date LANGUAGE sql STABLE
    RETURN CASE WHEN kind = 'use' AND (used AT TIME ZONE 'Asia/Shanghai')::date >= month
        THEN (used AT TIME ZONE 'Asia/Shanghai')::date ELSE (billed AT TIME ZONE 'Asia/Shanghai')::date END;

-- What totals are read from: the kept sums of a statement where it has them, else its lines.
CREATE VIEW finance_spend AS
SELECT l.id, l.statement_id, l.owner_id, l.product_id, l.category,
    bill_day(l.category, l.cycle_start, l.billed_at, s.month) AS day, 1 AS lines, l.gross, l.covered, l.discount,
    l.rounding, l.coupon, l.payable, l.voucher, l.cash, l.credit, l.outstanding
FROM finance_statement s JOIN finance_billline l ON l.statement_id = s.id WHERE NOT s.summed
UNION ALL
SELECT d.id, d.statement_id, d.owner_id, d.product_id, d.category, d.day, d.lines, d.gross, d.covered, d.discount,
    d.rounding, d.coupon, d.payable, d.voucher, d.cash, d.credit, d.outstanding
FROM finance_statement s JOIN finance_daysum d ON d.statement_id = s.id WHERE s.summed;
