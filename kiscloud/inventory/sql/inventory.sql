-- What the database keeps of the inventory by itself. A migration that changes it runs it whole again.
--
-- A document that is no draft has the lines whose sums it names: judged at commit. It gets its lines in one statement,
-- once; they never change. Of a confirmed document nothing changes but that it gets a voucher, loses it again, or is made
-- void; a void one never changes. Finished rows may be inserted as they are, which is how a set is restored. Where a whole
-- set is deleted (`kiscloud.purging` names it), its rows may go. That stock is never below nought is a CHECK of its table.

CREATE OR REPLACE FUNCTION inventory_check_document() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v record;
    v_sums record;
BEGIN
    SELECT id, kind, state, day, total, cost, account_set_id INTO v FROM inventory_document WHERE id = NEW.id;
    IF NOT FOUND OR v.state = 'draft' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) AS lines, sum(amount + tax) AS total, sum(cost) AS cost,
           bool_or(account_set_id <> v.account_set_id OR day <> v.day OR quantity = 0 AND v.kind <> 'count') AS wrong
        INTO v_sums FROM inventory_documentline WHERE document_id = v.id;
    IF v_sums.lines < 1 OR v_sums.wrong OR v_sums.total <> v.total OR v_sums.cost <> v.cost THEN
        RAISE EXCEPTION 'a document must be the sum of its lines'
            USING ERRCODE = 'integrity_constraint_violation', DETAIL = v.id::text;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER inventory_document_sums AFTER INSERT OR UPDATE ON inventory_document
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION inventory_check_document();

CREATE OR REPLACE FUNCTION inventory_guard_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' AND NOT books_purging(OLD.account_set_id) THEN
            RAISE EXCEPTION 'this document stays' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' THEN
        IF (OLD.state, NEW.state) IN (('confirmed', 'posted'), ('posted', 'confirmed'), ('confirmed', 'void')) THEN
            OLD.state := NEW.state;
            OLD.voucher_id := NEW.voucher_id; -- a CHECK says when there is one
        END IF;
        IF NEW IS DISTINCT FROM OLD THEN
            RAISE EXCEPTION 'this document is final' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.account_set_id <> OLD.account_set_id OR NEW.state NOT IN ('draft', 'confirmed') THEN
        RAISE EXCEPTION 'a draft is confirmed first' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inventory_document_stays BEFORE UPDATE OR DELETE ON inventory_document
    FOR EACH ROW EXECUTE FUNCTION inventory_guard_document();

CREATE OR REPLACE FUNCTION inventory_guard_new_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT document_id, count(*) AS lines FROM fresh GROUP BY document_id) f
        JOIN inventory_document d ON d.id = f.document_id
        WHERE d.state <> 'draft' AND f.lines <> (
            SELECT count(*) FROM inventory_documentline l WHERE l.document_id = f.document_id)
    ) THEN
        RAISE EXCEPTION 'a confirmed document has all its lines' USING ERRCODE = 'integrity_constraint_violation';
    ELSIF EXISTS (SELECT FROM fresh JOIN inventory_good g ON g.id = fresh.good_id
                  WHERE g.account_set_id <> fresh.account_set_id) THEN
        RAISE EXCEPTION 'a good of another set' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER inventory_line_added AFTER INSERT ON inventory_documentline REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION inventory_guard_new_lines();

CREATE OR REPLACE FUNCTION inventory_guard_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_state text;
BEGIN
    SELECT state INTO v_state FROM inventory_document WHERE id = OLD.document_id;
    IF TG_OP = 'DELETE' THEN
        IF v_state IS NULL OR v_state = 'draft' OR books_purging(OLD.account_set_id) THEN
            RETURN OLD;
        END IF;
    ELSIF v_state = 'draft' AND NEW.document_id = OLD.document_id AND NEW.account_set_id = OLD.account_set_id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'lines of a confirmed document stay' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER inventory_line_stays BEFORE UPDATE OR DELETE ON inventory_documentline
    FOR EACH ROW EXECUTE FUNCTION inventory_guard_lines();

CREATE OR REPLACE FUNCTION inventory_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'documents stay' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER inventory_document_truncate BEFORE TRUNCATE ON inventory_document
    FOR EACH STATEMENT EXECUTE FUNCTION inventory_refuse_truncate();
CREATE TRIGGER inventory_line_truncate BEFORE TRUNCATE ON inventory_documentline
    FOR EACH STATEMENT EXECUTE FUNCTION inventory_refuse_truncate();
