-- The one writer of the ledger, and what the database refuses by itself.
--
-- Entries move their books: the statement that inserts entries changes the balances too, by a trigger, and nothing else
-- can. So no balance is without its entry and no entry without effect, whoever writes. The functions `ledger_post` and
-- `ledger_post_many` only compute what to insert.
--
-- Some of this is shaped by speed. A CHECK or a WHEN clause is parsed again for every statement, what a trigger's
-- function tests is not; a row trigger before an update locks the row a second time; plans that are made anew for every
-- array of another length cost more than the work. A few books are moved one by one, many by one statement.

-- Balances change often: room on the page lets a row change in place, without touching its indexes.
ALTER TABLE finance_book SET (fillfactor = 50);

-- The next link of a book's chain. Verified again in Python (finance.chain), so this text is part of the contract:
--     sha256(previous link || book|sequence|transfer|amount|balance after)

-- Says why an entry was refused (errcode): LG002 below the floor, LG003 unknown book, else a broken rule.
CREATE FUNCTION ledger_refuse_entry(p_entry finance_entry) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_book record;
BEGIN
    SELECT id, kind, floor INTO v_book FROM finance_book WHERE id = p_entry.book_id;
    IF v_book.id IS NULL THEN
        RAISE EXCEPTION 'unknown book' USING ERRCODE = 'LG003', DETAIL = p_entry.book_id::text;
    ELSIF p_entry.amount < 0 AND p_entry.balance_after < v_book.floor THEN
        RAISE EXCEPTION 'below the floor' USING ERRCODE = 'LG002', DETAIL = concat_ws('|',
            v_book.id, p_entry.balance_after - p_entry.amount, v_book.floor, p_entry.amount);
    ELSIF v_book.kind = 'credit' AND p_entry.balance_after > 0 THEN
        RAISE EXCEPTION 'more is paid back than was drawn' USING ERRCODE = 'check_violation';
    END IF;
    RAISE EXCEPTION 'an entry moves something and continues its book' USING ERRCODE = 'check_violation';
END $$;

-- Every statement that inserts entries is balanced by itself, transfer by transfer; each book's entries continue it
-- without a gap, never go below its floor, and the book follows them.
CREATE FUNCTION ledger_carry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_books bigint[];
    v_entry finance_entry;
    v_moved int;
BEGIN
    IF EXISTS (SELECT FROM fresh GROUP BY transfer_id HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'entries of a transfer must sum to zero' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT array_agg(DISTINCT book_id) INTO v_books FROM fresh;
    IF cardinality(v_books) <= 8 THEN
        FOR v_entry IN SELECT * FROM fresh ORDER BY book_id, sequence LOOP
            UPDATE finance_book
                SET balance = v_entry.balance_after, version = v_entry.sequence, head = v_entry.hash
                WHERE id = v_entry.book_id
                    AND version + 1 = v_entry.sequence AND balance + v_entry.amount = v_entry.balance_after
                    AND CASE
                        WHEN v_entry.amount < 0 THEN floor IS NULL OR v_entry.balance_after >= floor
                        WHEN v_entry.amount > 0 THEN kind <> 'credit' OR v_entry.balance_after <= 0
                    END;
            IF NOT FOUND THEN
                PERFORM ledger_refuse_entry(v_entry);
            END IF;
        END LOOP;
        RETURN NULL;
    END IF;
    UPDATE finance_book b SET balance = n.balance_after, version = n.sequence, head = n.hash
        FROM (
            SELECT DISTINCT ON (book_id) book_id, sequence, balance_after, hash,
                count(*) OVER book AS entries, sum(amount) OVER book AS amount, max(balance_after) OVER book AS highest,
                coalesce(min(balance_after) FILTER (WHERE amount < 0) OVER book, 'infinity') AS lowest,
                bool_or(amount = 0) OVER book AS idle
            FROM fresh WINDOW book AS (PARTITION BY book_id) ORDER BY book_id, sequence DESC
        ) n
        WHERE b.id = ANY (v_books) AND b.id = n.book_id
            AND b.version + n.entries = n.sequence AND b.balance + n.amount = n.balance_after
            AND (b.floor IS NULL OR n.lowest >= b.floor) AND (b.kind <> 'credit' OR n.highest <= 0) AND NOT n.idle;
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    IF v_moved < cardinality(v_books) THEN
        SELECT f.* INTO v_entry FROM fresh f LEFT JOIN finance_book b ON b.id = f.book_id
            WHERE b.id IS NULL OR b.version < f.sequence
            ORDER BY (f.amount < 0 AND f.balance_after < b.floor OR b.kind = 'credit' AND f.balance_after > 0) IS TRUE DESC,
                f.book_id, f.sequence LIMIT 1;
        PERFORM ledger_refuse_entry(v_entry);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_moves_book AFTER INSERT ON finance_entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_carry();

-- Posts one transfer and answers its id; a repeat of its key answers the first one's id, another content is refused.
-- Locked: the books, which come lowest id first. Refused (errcode): LG001 key reused, and what an entry refuses.
CREATE FUNCTION ledger_post(
    p_kind text, p_key text, p_digest bytea, p_facts jsonb, p_books bigint[], p_amounts numeric[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_transfer bigint;
    v_digest bytea;
    v_amount numeric(18,2); v_sequence bigint; v_balance numeric(18,2); v_head bytea;
    v_sequences bigint[]; v_balances numeric[]; v_hashes bytea[];
BEGIN
    INSERT INTO finance_transfer (kind, key, digest, facts) VALUES (p_kind, p_key, p_digest, p_facts)
        ON CONFLICT (key) DO NOTHING RETURNING id INTO v_transfer;
    IF v_transfer IS NULL THEN
        SELECT id, digest INTO v_transfer, v_digest FROM finance_transfer WHERE key = p_key;
        IF v_digest <> p_digest THEN
            RAISE EXCEPTION 'key reused' USING ERRCODE = 'LG001', DETAIL = v_transfer::text;
        END IF;
        RETURN v_transfer;
    END IF;
    FOR i IN 1 .. cardinality(p_books) LOOP
        v_amount := p_amounts[i];
        SELECT version + 1, balance + v_amount, head INTO v_sequence, v_balance, v_head
            FROM finance_book WHERE id = p_books[i] FOR NO KEY UPDATE;
        IF NOT FOUND OR p_books[i] <= p_books[i - 1] THEN
            RAISE EXCEPTION 'unknown book, or books out of order' USING ERRCODE = 'LG003', DETAIL = p_books[i]::text;
        END IF;
        v_sequences[i] := v_sequence;
        v_balances[i] := v_balance;
        v_hashes[i] := sha256(v_head || convert_to(
            concat_ws('|', p_books[i], v_sequence, v_transfer, v_amount, v_balance), 'UTF8'));
    END LOOP;
    INSERT INTO finance_entry (transfer_id, book_id, sequence, amount, balance_after, hash)
        SELECT v_transfer, * FROM unnest(p_books, v_sequences, p_amounts, v_balances, v_hashes);
    RETURN v_transfer;
END $$;

-- The same for a batch, all or nothing; answers the ids in the order of the transfers. Leg i belongs to transfer
-- p_leg_transfers[i], counted from 1. Books are locked lowest id first; in each book the entries stand in the order of
-- the transfers. A key that comes twice in the batch is a repeat like any other.
CREATE FUNCTION ledger_post_many(
    p_kinds text[], p_keys text[], p_digests bytea[], p_facts jsonb[],
    p_leg_transfers int[], p_leg_books bigint[], p_leg_amounts numeric[]
) RETURNS bigint[] LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_ids bigint[];
    v_fresh boolean[];
    v_made int;
    v_entries int;
    v_reused text;
BEGIN
    v_ids := ARRAY(SELECT nextval('finance_transfer_id_seq') FROM generate_series(1, cardinality(p_keys)));
    INSERT INTO finance_transfer (id, kind, key, digest, facts)
        SELECT * FROM unnest(v_ids, p_kinds, p_keys, p_digests, p_facts) AS t(id, kind, key, digest, facts)
        ORDER BY key, id -- so that two batches with the same keys do not wait for each other in a circle
        ON CONFLICT (key) DO NOTHING;
    GET DIAGNOSTICS v_made = ROW_COUNT;
    IF v_made < cardinality(v_ids) THEN
        SELECT array_agg(t.id ORDER BY n), array_agg(t.id = given.id ORDER BY n),
               min(t.id::text) FILTER (WHERE t.digest <> given.digest)
            INTO v_ids, v_fresh, v_reused
            FROM unnest(v_ids, p_keys, p_digests) WITH ORDINALITY AS given(id, key, digest, n)
            JOIN finance_transfer t USING (key);
        IF v_reused IS NOT NULL THEN
            RAISE EXCEPTION 'key reused' USING ERRCODE = 'LG001', DETAIL = v_reused;
        END IF;
    END IF;
    WITH RECURSIVE leg AS (
        SELECT v_ids[l.transfer] AS transfer, l.book, l.amount,
            row_number() OVER (PARTITION BY l.book ORDER BY l.transfer) AS nth
        FROM unnest(p_leg_transfers, p_leg_books, p_leg_amounts::numeric(18,2)[]) AS l(transfer, book, amount)
        WHERE v_fresh IS NULL OR v_fresh[l.transfer]
    ), locked AS MATERIALIZED (
        SELECT id, version, balance, head FROM finance_book
        WHERE id = ANY (p_leg_books) ORDER BY id FOR NO KEY UPDATE
    ), linked AS ( -- each book's first leg of this batch, then its second, …
        SELECT leg.nth, leg.transfer, leg.book, b.version + 1 AS sequence, leg.amount, b.balance + leg.amount AS balance,
            sha256(b.head || convert_to(concat_ws('|',
                leg.book, b.version + 1, leg.transfer, leg.amount, b.balance + leg.amount), 'UTF8')) AS hash
        FROM locked b JOIN leg ON leg.book = b.id AND leg.nth = 1
        UNION ALL
        SELECT leg.nth, leg.transfer, leg.book, b.sequence + 1, leg.amount, b.balance + leg.amount,
            sha256(b.hash || convert_to(concat_ws('|',
                leg.book, b.sequence + 1, leg.transfer, leg.amount, b.balance + leg.amount), 'UTF8'))
        FROM linked b JOIN leg ON leg.book = b.book AND leg.nth = b.nth + 1
    )
    INSERT INTO finance_entry (transfer_id, book_id, sequence, amount, balance_after, hash)
        SELECT transfer, book, sequence, amount, balance, hash FROM linked;
    GET DIAGNOSTICS v_entries = ROW_COUNT;
    IF v_entries < cardinality(p_leg_books) AND v_entries <
            (SELECT count(*) FROM unnest(p_leg_transfers) AS n WHERE v_fresh IS NULL OR v_fresh[n]) THEN
        RAISE EXCEPTION 'unknown book' USING ERRCODE = 'LG003';
    END IF;
    RETURN v_ids;
END $$;

-- A balance moves only by an entry, that is from inside its trigger.
CREATE FUNCTION ledger_check_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance changes only with its entry' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER book_with_entry BEFORE UPDATE OF balance, version, head ON finance_book
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_book();

-- A book begins empty, stays what it is, and what it is fits together.
CREATE FUNCTION ledger_check_shape() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND (NEW.balance <> 0 OR NEW.version <> 0 OR NEW.head <> '') THEN
        RAISE EXCEPTION 'a book begins empty' USING ERRCODE = 'integrity_constraint_violation';
    ELSIF TG_OP = 'UPDATE' AND (OLD.account_id, OLD.kind, OLD.source_id, OLD.stripe)
            IS DISTINCT FROM (NEW.account_id, NEW.kind, NEW.source_id, NEW.stripe) THEN
        RAISE EXCEPTION 'a book keeps its owner and its kind' USING ERRCODE = 'restrict_violation';
    ELSIF (NEW.stripe >= 0 AND CASE NEW.kind
        WHEN 'cash' THEN NEW.account_id IS NOT NULL AND NEW.source_id IS NULL AND NEW.floor = 0
        WHEN 'allotted' THEN NEW.account_id IS NOT NULL AND NEW.source_id IS NOT NULL AND NEW.floor = 0
        WHEN 'credit' THEN NEW.account_id IS NOT NULL AND NEW.source_id IS NULL AND NEW.floor <= 0
        ELSE NEW.kind IN ('bank', 'revenue', 'payout') AND NEW.account_id IS NULL AND NEW.source_id IS NULL
    END) IS NOT TRUE THEN
        RAISE EXCEPTION 'owner, kind and lowest balance do not fit' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER book_shape AFTER INSERT OR UPDATE OF account_id, kind, source_id, stripe, floor ON finance_book
    FOR EACH ROW EXECUTE FUNCTION ledger_check_shape();

-- What was posted stays.
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps what was posted: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON finance_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON finance_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON finance_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON finance_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER book_stays BEFORE DELETE ON finance_book FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER book_no_truncate BEFORE TRUNCATE ON finance_book
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
