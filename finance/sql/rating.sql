-- The list price of a quantity under several tiers: each part above a threshold, up to the next, at its own price.
CREATE FUNCTION tiered_price(quantity numeric, aboves numeric[], prices numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum((least(quantity, until) - above) * price), 0)
    FROM (
        SELECT above, price, coalesce(lead(above) OVER (ORDER BY above), 'infinity') AS until
        FROM unnest(aboves, prices) AS tier(above, price)
    ) tiers
    WHERE quantity > above
$$;
