-- What the database keeps of the books by itself. A migration that changes it runs it whole again.
--
-- A voucher that is no draft balances: judged at commit, so that its lines may come after it. Such a voucher gets its
-- lines in one statement, once; they never change, but for moving down to the first child of their subject. A posted or
-- void voucher never changes. Posting moves the balances in the same step, so no balance can disagree with the vouchers.
-- Finished rows may be inserted as they are, together with their balances, which is how a set is restored. Where a whole
-- set is deleted (`kiscloud.purging` names it), its rows may go.

DROP FUNCTION IF EXISTS books_check_voucher, books_guard_voucher, books_post, books_guard_new_lines, books_guard_lines,
    books_refuse_truncate CASCADE;

CREATE OR REPLACE FUNCTION books_purging(p_set bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('kiscloud.purging', true) = p_set::text
$$;

CREATE OR REPLACE FUNCTION books_check_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v record;
    v_sums record;
BEGIN
    SELECT id, state, total, account_set_id INTO v FROM books_voucher WHERE id = NEW.id;
    IF NOT FOUND OR v.state = 'draft' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) AS lines, sum(debit) AS debit, sum(credit) AS credit,
           bool_or(debit = 0 AND credit = 0 OR account_set_id <> v.account_set_id) AS wrong
        INTO v_sums FROM books_line WHERE voucher_id = v.id;
    IF v_sums.lines < 2 OR v_sums.wrong OR v_sums.debit <> v_sums.credit OR v_sums.debit <> v.total THEN
        RAISE EXCEPTION 'a voucher must balance' USING ERRCODE = 'integrity_constraint_violation', DETAIL = v.id::text;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER books_voucher_balances AFTER INSERT OR UPDATE ON books_voucher
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION books_check_voucher();

CREATE OR REPLACE FUNCTION books_guard_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' AND NOT books_purging(OLD.account_set_id) THEN
            RAISE EXCEPTION 'this voucher stays' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'void' THEN
        OLD.number := NEW.number; -- gaps before it may be closed
    END IF;
    IF OLD.state IN ('posted', 'void') AND NEW IS DISTINCT FROM OLD OR NEW.account_set_id <> OLD.account_set_id THEN
        RAISE EXCEPTION 'this voucher is final' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER books_voucher_stays BEFORE UPDATE OR DELETE ON books_voucher
    FOR EACH ROW EXECUTE FUNCTION books_guard_voucher();

-- Posting: only in the current month of open books, and what somebody audited unless the books do without; the sums of each subject and of each kind of cash flow move.
CREATE OR REPLACE FUNCTION books_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_posted bigint[];
BEGIN
    v_posted := ARRAY(SELECT fresh.id FROM fresh JOIN stale USING (id)
                      WHERE fresh.state = 'posted' AND stale.state <> 'posted');
    IF cardinality(v_posted) = 0 THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM books_voucher v JOIN books_books b USING (account_set_id)
               WHERE v.id = ANY (v_posted) AND (v.month <> b.month OR b.opened_at IS NULL)) THEN
        RAISE EXCEPTION 'only the current period is posted' USING ERRCODE = 'integrity_constraint_violation';
    ELSIF EXISTS (SELECT FROM books_voucher v JOIN books_books b USING (account_set_id)
                  WHERE v.id = ANY (v_posted) AND b.audit_first AND v.auditor_id IS NULL) THEN
        RAISE EXCEPTION 'these books post what is audited' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO books_balance AS b (account_set_id, month, subject_id, item_id, opening, debit, credit, carried,
                                    year_debit, year_credit, year_carried, quantity, quantity_moved)
        SELECT v.account_set_id, v.month, l.subject_id, l.item_id, 0, sum(l.debit), sum(l.credit),
               sum(CASE WHEN v.kind = 'carry_over' THEN l.debit - l.credit ELSE 0 END), 0, 0, 0, 0,
               sum(CASE WHEN l.credit <> 0 THEN -1 ELSE 1 END * coalesce(l.quantity, 0))
            FROM books_voucher v JOIN books_line l ON l.voucher_id = v.id
            WHERE v.id = ANY (v_posted)
            GROUP BY v.account_set_id, v.month, l.subject_id, l.item_id ORDER BY l.subject_id, l.item_id
        ON CONFLICT (account_set_id, month, subject_id, item_id) DO UPDATE
            SET debit = b.debit + EXCLUDED.debit, credit = b.credit + EXCLUDED.credit,
                carried = b.carried + EXCLUDED.carried, quantity_moved = b.quantity_moved + EXCLUDED.quantity_moved;
    INSERT INTO books_cashflow AS c (account_set_id, month, item, amount)
        SELECT v.account_set_id, v.month,
               coalesce(CASE WHEN l.credit <> 0 THEN s.cash_in ELSE s.cash_out END, CASE WHEN l.credit <> 0 THEN 2 ELSE 6 END) AS item,
               sum(l.credit - l.debit)
            FROM books_voucher v JOIN books_line l ON l.voucher_id = v.id JOIN books_subject s ON s.id = l.subject_id
            WHERE v.id = ANY (v_posted) AND NOT s.is_cash
              AND EXISTS (SELECT FROM books_line o JOIN books_subject t ON t.id = o.subject_id
                          WHERE o.voucher_id = v.id AND t.is_cash)
            GROUP BY v.account_set_id, v.month, 3 ORDER BY 3
        ON CONFLICT (account_set_id, month, item) DO UPDATE SET amount = c.amount + EXCLUDED.amount;
    RETURN NULL;
END $$;
CREATE TRIGGER books_voucher_posts AFTER UPDATE ON books_voucher
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books_post();

CREATE OR REPLACE FUNCTION books_guard_new_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT voucher_id, count(*) AS lines, sum(debit) AS debit, sum(credit) AS credit
                     FROM fresh GROUP BY voucher_id) f
        JOIN books_voucher v ON v.id = f.voucher_id
        WHERE v.state <> 'draft' AND (f.debit <> f.credit OR f.lines <> (
            SELECT count(*) FROM books_line l WHERE l.voucher_id = f.voucher_id))
    ) THEN
        RAISE EXCEPTION 'a finished voucher has all its lines' USING ERRCODE = 'integrity_constraint_violation';
    ELSIF EXISTS (SELECT FROM fresh JOIN books_subject s ON s.id = fresh.subject_id
                  WHERE NOT s.is_leaf OR s.account_set_id <> fresh.account_set_id) THEN
        RAISE EXCEPTION 'only subjects without children take entries' USING ERRCODE = 'integrity_constraint_violation';
    ELSIF EXISTS (SELECT FROM fresh JOIN books_subject s ON s.id = fresh.subject_id
                  LEFT JOIN books_item i ON i.id = fresh.item_id
                  WHERE fresh.item_id IS NOT NULL
                        AND (i.kind, i.account_set_id) IS DISTINCT FROM (s.item_kind, fresh.account_set_id)
                     OR fresh.item_id IS NULL AND s.item_kind <> ''
                        AND EXISTS (SELECT FROM books_voucher WHERE id = fresh.voucher_id AND state <> 'draft')) THEN
        RAISE EXCEPTION 'an item of the kind that the subject asks for' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER books_line_added AFTER INSERT ON books_line REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION books_guard_new_lines();

CREATE OR REPLACE FUNCTION books_guard_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_state text;
BEGIN
    SELECT state INTO v_state FROM books_voucher WHERE id = OLD.voucher_id;
    IF TG_OP = 'DELETE' THEN
        IF v_state IS NULL OR v_state = 'draft' OR books_purging(OLD.account_set_id) THEN
            RETURN OLD;
        END IF;
    ELSIF v_state = 'draft' AND NEW.voucher_id = OLD.voucher_id THEN
        RETURN NEW;
    ELSIF (NEW.id, NEW.account_set_id, NEW.voucher_id, NEW.place, NEW.summary, NEW.day, NEW.debit, NEW.credit,
           NEW.quantity, NEW.item_id) IS NOT DISTINCT FROM
          (OLD.id, OLD.account_set_id, OLD.voucher_id, OLD.place, OLD.summary, OLD.day, OLD.debit, OLD.credit,
           OLD.quantity, OLD.item_id)
          AND EXISTS (SELECT FROM books_subject WHERE id = NEW.subject_id AND parent_id = OLD.subject_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'lines of a finished voucher stay' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER books_line_stays BEFORE UPDATE OR DELETE ON books_line
    FOR EACH ROW EXECUTE FUNCTION books_guard_lines();

CREATE OR REPLACE FUNCTION books_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'vouchers stay' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER books_voucher_truncate BEFORE TRUNCATE ON books_voucher
    FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_truncate();
CREATE TRIGGER books_line_truncate BEFORE TRUNCATE ON books_line
    FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_truncate();
