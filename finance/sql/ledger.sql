-- The one writer of the ledger, and what the database refuses by itself. A migration that changes it runs it whole
-- again.
--
-- An entry moves its book: inserting one changes the book's balance, number and chain in the same step and takes its own
-- figures from there, so no entry can disagree with its book. Nothing else changes a balance. What can be checked only
-- when a whole transfer is there, is checked once for each statement.
--
-- Two habits of this file are about speed. Trigger functions test what a WHEN clause or a CHECK could, because those are
-- parsed again for every statement, and plans in functions are not. Guards of books are for statements or for chosen
-- columns, because a row trigger before every update locks the row a second time.

-- Balances change often: room on the page lets a row change in place, without touching its indexes.
ALTER TABLE finance_book SET (fillfactor = 50);

-- The book takes the amount; the entry gets its number, the balance and the next link of the chain. Verified again in
-- Python (finance.chain), so the text under the hash is part of the contract.
-- Refused (errcode): LG002 below the floor, LG003 unknown book.
CREATE OR REPLACE FUNCTION ledger_enter() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_book record;
BEGIN
    UPDATE finance_book
        SET balance = balance + NEW.amount,
            version = version + 1,
            head = sha256(head || convert_to(
                concat_ws('|', id, version + 1, NEW.transfer_id, NEW.amount, balance + NEW.amount), 'UTF8'))
        WHERE id = NEW.book_id AND CASE
            WHEN NEW.amount < 0 THEN floor IS NULL OR balance + NEW.amount >= floor
            WHEN NEW.amount > 0 THEN kind NOT IN ('credit', 'arrears') OR balance + NEW.amount <= 0
        END
        RETURNING version, balance, head INTO NEW.sequence, NEW.balance_after, NEW.hash;
    IF FOUND THEN
        RETURN NEW;
    END IF;
    SELECT id, kind, balance, floor INTO v_book FROM finance_book WHERE id = NEW.book_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown book' USING ERRCODE = 'LG003', DETAIL = NEW.book_id::text;
    ELSIF NEW.amount < 0 THEN
        RAISE EXCEPTION 'below the floor' USING ERRCODE = 'LG002',
            DETAIL = concat_ws('|', v_book.id, v_book.balance, v_book.floor, NEW.amount);
    ELSIF NEW.amount > 0 THEN
        RAISE EXCEPTION 'more is paid back than was drawn' USING ERRCODE = 'check_violation';
    END IF;
    RAISE EXCEPTION 'an entry moves something' USING ERRCODE = 'check_violation';
END $$;
CREATE OR REPLACE TRIGGER entry_moves_book BEFORE INSERT ON finance_entry FOR EACH ROW EXECUTE FUNCTION ledger_enter();

-- Every statement that inserts entries is balanced by itself, transfer by transfer. While the nightly check's alarm
-- stands there is none (errcode LG004): what is built on a wrong row only makes it harder to put right.
CREATE OR REPLACE FUNCTION ledger_check_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh GROUP BY transfer_id HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'entries of a transfer must sum to zero' USING ERRCODE = 'integrity_constraint_violation';
    ELSIF EXISTS (SELECT FROM finance_ledgeralarm WHERE cleared_at IS NULL) THEN
        RAISE EXCEPTION 'the ledger is halted' USING ERRCODE = 'LG004';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER entry_zero_sum AFTER INSERT ON finance_entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_zero();

-- Posts one transfer and answers its id; a repeat of its key answers the first one's id, another content is refused.
-- Locked: the books, lowest id first. Refused (errcode): LG001 key reused, and what an entry refuses.
CREATE OR REPLACE FUNCTION ledger_post(
    p_kind text, p_key text, p_digest bytea, p_facts jsonb, p_books bigint[], p_amounts numeric[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_transfer bigint;
    v_digest bytea;
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
    INSERT INTO finance_entry (transfer_id, book_id, amount)
        SELECT v_transfer, book, amount FROM unnest(p_books, p_amounts) AS leg(book, amount) ORDER BY book;
    RETURN v_transfer;
END $$;

-- The same for a batch, all or nothing; answers the ids in the order of the transfers. Leg i belongs to transfer
-- p_leg_transfers[i], counted from 1. Books are locked lowest id first; in each book the entries stand in the order of
-- the transfers. A key that comes twice in the batch is a repeat like any other.
CREATE OR REPLACE FUNCTION ledger_post_many(
    p_kinds text[], p_keys text[], p_digests bytea[], p_facts jsonb[],
    p_leg_transfers int[], p_leg_books bigint[], p_leg_amounts numeric[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_fresh boolean[];
    v_made int;
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
    INSERT INTO finance_entry (transfer_id, book_id, amount)
        SELECT v_ids[leg.transfer], leg.book, leg.amount
        FROM unnest(p_leg_transfers, p_leg_books, p_leg_amounts) AS leg(transfer, book, amount)
        WHERE v_fresh IS NULL OR v_fresh[leg.transfer] ORDER BY leg.book, leg.transfer;
    RETURN v_ids;
END $$;

-- A balance moves only by an entry, that is from inside its trigger.
CREATE OR REPLACE FUNCTION ledger_check_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance changes only with its entry' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER book_with_entry BEFORE UPDATE OF balance, version, head ON finance_book
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_book();

-- A book begins empty, stays what it is, and what it is fits together.
CREATE OR REPLACE FUNCTION ledger_check_shape() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHEN 'arrears' THEN NEW.account_id IS NOT NULL AND NEW.source_id IS NULL AND NEW.floor IS NULL
        ELSE NEW.kind IN ('bank', 'revenue', 'payout') AND NEW.account_id IS NULL AND NEW.source_id IS NULL
    END) IS NOT TRUE THEN
        RAISE EXCEPTION 'owner, kind and lowest balance do not fit' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER book_shape AFTER INSERT OR UPDATE OF account_id, kind, source_id, stripe, floor ON finance_book
    FOR EACH ROW EXECUTE FUNCTION ledger_check_shape();

-- What was posted stays.
CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps what was posted: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON finance_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER entry_no_truncate BEFORE TRUNCATE ON finance_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON finance_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON finance_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER book_stays BEFORE DELETE ON finance_book FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER book_no_truncate BEFORE TRUNCATE ON finance_book
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- What proves it stays: seals of days, and alarms, of which only the clearing is written later.
CREATE OR REPLACE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON finance_ledgerseal
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER seal_no_truncate BEFORE TRUNCATE ON finance_ledgerseal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER alarm_stays BEFORE DELETE ON finance_ledgeralarm
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER alarm_no_truncate BEFORE TRUNCATE ON finance_ledgeralarm
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
