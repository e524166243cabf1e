-- The one writer of the ledger, and what the database refuses by itself.

-- The next link of a book's chain. Verified again in Python (finance.chain), so its text is part of the contract.
CREATE FUNCTION ledger_link(
    previous bytea, book bigint, sequence bigint, transfer bigint, amount numeric, balance numeric
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(previous || convert_to(
        book || '|' || sequence || '|' || transfer || '|' || amount || '|' || balance, 'UTF8'))
$$;

-- Posts one transfer and answers its id; a repeat of its key answers the first one's id, another content is refused.
-- Locked: the books, lowest id first. Refused (errcode): LG001 key reused, LG002 below the floor, LG003 unknown book.
CREATE FUNCTION ledger_post(
    p_kind text, p_key text, p_digest bytea, p_facts jsonb, p_books bigint[], p_amounts numeric[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_transfer bigint;
    v_digest bytea;
    v_book record;
    v_seen int := 0;
    v_books bigint[] := '{}'; v_sequences bigint[] := '{}'; v_amounts numeric[] := '{}';
    v_balances numeric[] := '{}'; v_hashes bytea[] := '{}';
    v_balance numeric; v_hash bytea;
BEGIN
    INSERT INTO finance_transfer (kind, key, digest, facts) VALUES (p_kind, p_key, p_digest, p_facts)
        ON CONFLICT (key) DO NOTHING RETURNING id INTO v_transfer;
    IF v_transfer IS NULL THEN
        SELECT id, digest INTO v_transfer, v_digest FROM finance_transfer WHERE key = p_key;
        IF v_digest IS DISTINCT FROM p_digest THEN
            RAISE EXCEPTION 'key reused' USING ERRCODE = 'LG001', DETAIL = v_transfer::text;
        END IF;
        RETURN v_transfer;
    END IF;
    FOR v_book IN
        SELECT b.id, b.balance, b.floor, b.version, b.head, leg.amount
        FROM finance_book b JOIN unnest(p_books, p_amounts::numeric(18,2)[]) AS leg(book, amount) ON leg.book = b.id
        ORDER BY b.id FOR NO KEY UPDATE OF b
    LOOP
        v_balance := v_book.balance + v_book.amount;
        IF v_balance < v_book.floor AND v_book.amount < 0 THEN
            RAISE EXCEPTION 'below the floor' USING ERRCODE = 'LG002',
                DETAIL = v_book.id || '|' || v_book.balance || '|' || v_book.floor || '|' || v_book.amount;
        END IF;
        v_hash := ledger_link(v_book.head, v_book.id, v_book.version + 1, v_transfer, v_book.amount, v_balance);
        v_seen := v_seen + 1;
        v_books[v_seen] := v_book.id; v_sequences[v_seen] := v_book.version + 1; v_amounts[v_seen] := v_book.amount;
        v_balances[v_seen] := v_balance; v_hashes[v_seen] := v_hash;
    END LOOP;
    IF v_seen <> cardinality(p_books) THEN
        RAISE EXCEPTION 'unknown book' USING ERRCODE = 'LG003';
    END IF;
    INSERT INTO finance_entry (transfer_id, book_id, sequence, amount, balance_after, hash)
        SELECT v_transfer, * FROM unnest(v_books, v_sequences, v_amounts, v_balances, v_hashes);
    UPDATE finance_book b SET balance = n.balance, version = n.sequence, head = n.hash
        FROM unnest(v_books, v_sequences, v_balances, v_hashes) AS n(id, sequence, balance, hash) WHERE b.id = n.id;
    RETURN v_transfer;
END $$;

-- The same for a batch, in the order given: one lock on each book, one insert, one update. Leg i belongs to transfer
-- p_leg_transfers[i], counted from 1. All or nothing; answers the ids in the order of the transfers.
CREATE FUNCTION ledger_post_many(
    p_kinds text[], p_keys text[], p_digests bytea[], p_facts jsonb[],
    p_leg_transfers int[], p_leg_books bigint[], p_leg_amounts numeric[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[]; v_fresh boolean[]; v_reused text;
    v_books bigint[]; v_balances numeric[]; v_floors numeric[]; v_versions bigint[]; v_heads bytea[];
    v_leg record; v_i int; v_n int := 0;
    e_transfers bigint[] := '{}'; e_books bigint[] := '{}'; e_sequences bigint[] := '{}';
    e_amounts numeric[] := '{}'; e_balances numeric[] := '{}'; e_hashes bytea[] := '{}';
BEGIN
    WITH made AS (
        INSERT INTO finance_transfer (kind, key, digest, facts)
            SELECT kind, key, digest, facts
            FROM unnest(p_kinds, p_keys, p_digests, p_facts) AS t(kind, key, digest, facts) ORDER BY key
            ON CONFLICT (key) DO NOTHING RETURNING id, key
    )
    SELECT array_agg(made.id ORDER BY t.n), array_agg(made.id IS NOT NULL ORDER BY t.n)
        INTO v_ids, v_fresh
        FROM unnest(p_keys) WITH ORDINALITY AS t(key, n) LEFT JOIN made ON made.key = t.key;
    IF NOT (true = ALL (v_fresh)) THEN
        SELECT array_agg(coalesce(t.id, f.id) ORDER BY t.n),
               min(f.id::text) FILTER (WHERE t.id IS NULL AND f.digest IS DISTINCT FROM t.digest)
            INTO v_ids, v_reused
            FROM unnest(v_ids, p_keys, p_digests) WITH ORDINALITY AS t(id, key, digest, n)
            LEFT JOIN finance_transfer f ON t.id IS NULL AND f.key = t.key;
        IF v_reused IS NOT NULL THEN
            RAISE EXCEPTION 'key reused' USING ERRCODE = 'LG001', DETAIL = v_reused;
        END IF;
    END IF;
    SELECT array_agg(id), array_agg(balance), array_agg(floor), array_agg(version), array_agg(head)
        INTO v_books, v_balances, v_floors, v_versions, v_heads
        FROM (SELECT * FROM finance_book WHERE id = ANY (p_leg_books) ORDER BY id FOR NO KEY UPDATE) AS locked;
    FOR v_leg IN
        SELECT l.transfer, l.book, l.amount, b.n AS place
        FROM unnest(p_leg_transfers, p_leg_books, p_leg_amounts::numeric(18,2)[]) WITH ORDINALITY AS l(transfer, book, amount, n)
        LEFT JOIN unnest(v_books) WITH ORDINALITY AS b(id, n) ON b.id = l.book
        WHERE v_fresh[l.transfer] ORDER BY l.n
    LOOP
        v_i := v_leg.place;
        IF v_i IS NULL THEN
            RAISE EXCEPTION 'unknown book' USING ERRCODE = 'LG003';
        END IF;
        IF v_balances[v_i] + v_leg.amount < v_floors[v_i] AND v_leg.amount < 0 THEN
            RAISE EXCEPTION 'below the floor' USING ERRCODE = 'LG002',
                DETAIL = v_leg.book || '|' || v_balances[v_i] || '|' || v_floors[v_i] || '|' || v_leg.amount;
        END IF;
        v_balances[v_i] := v_balances[v_i] + v_leg.amount;
        v_versions[v_i] := v_versions[v_i] + 1;
        v_heads[v_i] := ledger_link(
            v_heads[v_i], v_leg.book, v_versions[v_i], v_ids[v_leg.transfer], v_leg.amount, v_balances[v_i]);
        v_n := v_n + 1;
        e_transfers[v_n] := v_ids[v_leg.transfer]; e_books[v_n] := v_leg.book; e_sequences[v_n] := v_versions[v_i];
        e_amounts[v_n] := v_leg.amount; e_balances[v_n] := v_balances[v_i]; e_hashes[v_n] := v_heads[v_i];
    END LOOP;
    INSERT INTO finance_entry (transfer_id, book_id, sequence, amount, balance_after, hash)
        SELECT * FROM unnest(e_transfers, e_books, e_sequences, e_amounts, e_balances, e_hashes);
    UPDATE finance_book b SET balance = n.balance, version = n.version, head = n.head
        FROM unnest(v_books, v_balances, v_versions, v_heads) AS n(id, balance, version, head)
        WHERE b.id = n.id AND b.version <> n.version;
    RETURN v_ids;
END $$;

-- Every statement that inserts entries is balanced by itself, transfer by transfer.
CREATE FUNCTION ledger_check_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh GROUP BY transfer_id HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'entries of a transfer must sum to zero' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_zero_sum AFTER INSERT ON finance_entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_zero();

-- A balance moves only together with the entry that says why.
CREATE FUNCTION ledger_check_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version > OLD.version AND EXISTS (
        SELECT FROM finance_entry e WHERE e.book_id = NEW.id AND e.sequence = NEW.version
            AND e.balance_after = NEW.balance AND e.hash = NEW.head
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a balance changes only with its entry' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER book_with_entry BEFORE UPDATE OF balance, version, head ON finance_book
    FOR EACH ROW EXECUTE FUNCTION ledger_check_book();
CREATE FUNCTION ledger_check_new_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.balance = 0 AND NEW.version = 0 AND NEW.head = '' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a book begins empty' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER book_begins_empty BEFORE INSERT ON finance_book FOR EACH ROW EXECUTE FUNCTION ledger_check_new_book();

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
