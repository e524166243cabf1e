-- The least that a transfer can do and be durable: two balances, one transfer, two entries; no more indexes than the
-- rows need to be found, no keys, no chain. What our ledger is measured against.
CREATE SCHEMA least;
CREATE TABLE least.account (id bigint PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE least.transfer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE least.entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transfer bigint NOT NULL, account bigint NOT NULL, amount bigint NOT NULL
);
CREATE FUNCTION least.transfer(p_payer bigint, p_payee bigint, p_amount bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
BEGIN
    IF p_payee < p_payer THEN -- lowest id first, so that crossing transfers never deadlock
        UPDATE least.account SET balance = balance + p_amount WHERE id = p_payee;
    END IF;
    UPDATE least.account SET balance = balance - p_amount WHERE id = p_payer AND balance >= p_amount;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not enough';
    END IF;
    IF p_payee > p_payer THEN
        UPDATE least.account SET balance = balance + p_amount WHERE id = p_payee;
    END IF;
    INSERT INTO least.transfer DEFAULT VALUES RETURNING id INTO v_id;
    INSERT INTO least.entry (transfer, account, amount) VALUES (v_id, p_payer, -p_amount), (v_id, p_payee, p_amount);
    RETURN v_id;
END $$;
