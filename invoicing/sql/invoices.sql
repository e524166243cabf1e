-- An issued invoice never changes: the database refuses it to everybody.
CREATE FUNCTION invoice_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER invoice_never_changes BEFORE UPDATE OR DELETE ON invoicing_invoice
    FOR EACH ROW EXECUTE FUNCTION invoice_refuse_change();
CREATE TRIGGER invoice_never_emptied BEFORE TRUNCATE ON invoicing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION invoice_refuse_change();
CREATE TRIGGER invoice_line_never_changes BEFORE UPDATE OR DELETE ON invoicing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION invoice_refuse_change();
CREATE TRIGGER invoice_line_never_emptied BEFORE TRUNCATE ON invoicing_invoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION invoice_refuse_change();

-- Its lines are what it says: amounts and taxes add up to it. Lines come in one statement and none is added later;
-- an invoice without lines is refused when the transaction ends.
CREATE FUNCTION invoice_check_sums(invoice bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM invoicing_invoice i, LATERAL (
            SELECT sum(l.amount) AS amount, sum(l.tax) AS tax FROM invoicing_invoiceline l WHERE l.invoice_id = i.id
        ) lines
        WHERE i.id = invoice AND (i.amount, i.tax) IS DISTINCT FROM (lines.amount, lines.tax)
    ) THEN
        RAISE EXCEPTION 'the lines of invoice % do not add up to it', invoice USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION invoice_lines_come() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM invoice_check_sums(invoice_id) FROM (SELECT DISTINCT invoice_id FROM come) one;
    RETURN NULL;
END $$;

CREATE FUNCTION invoice_has_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM invoice_check_sums(NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER invoice_lines_add_up AFTER INSERT ON invoicing_invoiceline
    REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION invoice_lines_come();
CREATE CONSTRAINT TRIGGER invoice_has_its_lines AFTER INSERT ON invoicing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoice_has_lines();
