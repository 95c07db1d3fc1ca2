-- The ledger, first version. Texts compare bytewise, as on SQLite. Times are milliseconds since 1970, UTC.

CREATE TABLE ledger (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    campaign text NOT NULL
);

-- Balances. The checks are the last line of defence: the rules never come near them.
CREATE TABLE vouchers (
    id text COLLATE "C" PRIMARY KEY,
    issued bigint NOT NULL,
    available bigint NOT NULL CHECK (available >= 0),
    claimed bigint NOT NULL CHECK (claimed >= 0),
    reserved bigint NOT NULL CHECK (reserved >= 0),
    redeemed bigint NOT NULL CHECK (redeemed >= 0),
    expired bigint NOT NULL CHECK (expired >= 0),
    revoked bigint NOT NULL CHECK (revoked >= 0),
    per_shopper bigint NOT NULL,
    valid_from bigint,
    valid_until bigint,
    suspended boolean NOT NULL,
    revoked_at bigint,
    ended bigint,
    walk text COLLATE "C",
    CHECK (issued = available + claimed + reserved + redeemed + expired + revoked)
) WITH (fillfactor = 10);

CREATE TABLE grants (
    shopper text COLLATE "C" NOT NULL,
    voucher text COLLATE "C" NOT NULL,
    n bigint NOT NULL CHECK (n > 0),
    state text COLLATE "C" NOT NULL,
    claimed_at bigint NOT NULL,
    order_id text COLLATE "C",
    store text COLLATE "C",
    changed_at bigint NOT NULL,
    PRIMARY KEY (shopper, voucher, n)
) WITH (fillfactor = 80);

CREATE TABLE orders (
    id text COLLATE "C" PRIMARY KEY,
    shopper text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    brand text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    placed_at bigint NOT NULL,
    starts_at bigint NOT NULL,
    hold_until bigint NOT NULL,
    sent_at bigint,
    announced bigint NOT NULL,
    grants json NOT NULL,
    body json NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX orders_by_shopper ON orders (shopper, placed_at, id);
CREATE INDEX orders_due ON orders (starts_at, id) WHERE state = 'confirmed';
CREATE INDEX orders_held ON orders (hold_until, id) WHERE state = 'reserved';
CREATE INDEX orders_at_store ON orders (store, sent_at, id) WHERE state IN ('sent', 'ready');

-- Times are packed as in rows.rs; there is nothing left to compress.
CREATE TABLE stores (
    id text COLLATE "C" PRIMARY KEY,
    said text COLLATE "C",
    minutes bigint,
    until bigint,
    said_at bigint NOT NULL,
    pace bigint,
    cap bigint NOT NULL,
    prep bigint NOT NULL,
    booked bytea NOT NULL,
    sent bytea NOT NULL,
    day bigint NOT NULL,
    number bigint NOT NULL,
    shown text COLLATE "C"
) WITH (fillfactor = 50);
ALTER TABLE stores ALTER COLUMN booked SET STORAGE EXTERNAL, ALTER COLUMN sent SET STORAGE EXTERNAL;

CREATE TABLE outbox (
    order_id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    url text NOT NULL,
    payload text NOT NULL,
    due_at bigint NOT NULL,
    attempts bigint NOT NULL,
    state text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    error text NOT NULL,
    -- Of those that are due at the same time, the one that was written first goes first.
    written bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (order_id, seq)
) WITH (fillfactor = 80);
CREATE INDEX outbox_pending ON outbox (due_at, written) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (created_at) WHERE state = 'dead';

CREATE TABLE replies (
    digest bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    body bytea NOT NULL,
    grant_id text COLLATE "C",
    at bigint NOT NULL
);

CREATE TABLE events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    actor_kind text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    voucher text COLLATE "C",
    grant_id text COLLATE "C",
    order_id text COLLATE "C",
    store text COLLATE "C",
    count bigint NOT NULL,
    detail text NOT NULL
);
CREATE INDEX events_of_stores ON events (seq) INCLUDE (store, detail) WHERE kind = 'store_state';

CREATE FUNCTION events_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are only appended: % is refused', TG_OP;
END
$$;
CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept();

-- One row for each connection that ever wrote: locked from the beginning of each of its units of work to the end, and
-- counting those that were committed. Tells after a lost connection whether the last one was.
CREATE TABLE writers (
    id text COLLATE "C" PRIMARY KEY,
    unit bigint NOT NULL
) WITH (fillfactor = 10);
