-- What the database refuses by itself: what happened stays as it was.
CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps what happened: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON accounts_event
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON accounts_event
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER message_stays BEFORE DELETE ON accounts_message
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER message_no_truncate BEFORE TRUNCATE ON accounts_message
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
