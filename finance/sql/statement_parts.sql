-- Nothing is left beside a statement that is issued: its sums are those of its lines. Whoever issues it locks it so that
-- no charge that shares it is under way.
CREATE FUNCTION statement_check_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM finance_statementpart WHERE statement_id = NEW.id) THEN
        RAISE EXCEPTION 'parts of the statement are not counted in' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER statement_counted_in AFTER UPDATE OF state ON finance_statement FOR EACH ROW
    WHEN (OLD.state = 'draft' AND NEW.state <> 'draft') EXECUTE FUNCTION statement_check_parts();
