-- Metered usage, one partition a month of `cycle_start` (Asia/Shanghai). Each partition has its own unique index on
-- `source_id`: the parent's would have to include the time, and then one number could come twice with two times.
-- Rows are never changed, so pages are packed full.
CREATE TABLE finance_usage (
    id bigint GENERATED ALWAYS AS IDENTITY,
    source_id varchar(100) NOT NULL,
    corrects varchar(100) NOT NULL DEFAULT '',
    owner_id bigint NOT NULL,
    product_id bigint NOT NULL,
    instance varchar(100) NOT NULL,
    quantity numeric(24, 8) NOT NULL,
    stated numeric(24, 8),
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    cycle_start timestamptz NOT NULL,
    cycle_end timestamptz NOT NULL,
    shard smallint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT usage_in_time CHECK (ended_at >= started_at AND cycle_end > cycle_start)
) PARTITION BY RANGE (cycle_start);

-- The cycle that contains a moment, here; the names of cycles are the database's own words for periods.
CREATE FUNCTION cycle_start(cycle text, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN date_trunc(cycle, at, 'Asia/Shanghai');
CREATE FUNCTION cycle_end(cycle text, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN (date_trunc(cycle, at AT TIME ZONE 'Asia/Shanghai') + ('1 ' || cycle)::interval) AT TIME ZONE 'Asia/Shanghai';
