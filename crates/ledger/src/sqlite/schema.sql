-- Version 1. Keys are chosen so that a claim touches two random pages only: that of the wallet, and that of the index of
-- replies; all else is appended. The checks are a second line: the rules keep them without the database's help.
CREATE TABLE vouchers (
    id TEXT NOT NULL PRIMARY KEY,
    issued INTEGER NOT NULL,
    available INTEGER NOT NULL CHECK (available >= 0),
    claimed INTEGER NOT NULL CHECK (claimed >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    redeemed INTEGER NOT NULL CHECK (redeemed >= 0),
    expired INTEGER NOT NULL CHECK (expired >= 0),
    revoked INTEGER NOT NULL CHECK (revoked >= 0),
    per_shopper INTEGER NOT NULL,
    valid_from INTEGER,
    valid_until INTEGER,
    suspended INTEGER NOT NULL,
    revoked_at INTEGER,
    ended INTEGER,
    walk TEXT,
    CHECK (issued = available + claimed + reserved + redeemed + expired + revoked)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    shopper TEXT NOT NULL,
    voucher TEXT NOT NULL,
    n INTEGER NOT NULL,
    state TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    order_id TEXT,
    store TEXT,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (shopper, voucher, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    id TEXT NOT NULL PRIMARY KEY,
    shopper TEXT NOT NULL,
    store TEXT NOT NULL,
    brand TEXT NOT NULL,
    state TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    hold_until INTEGER NOT NULL,
    sent_at INTEGER,
    announced INTEGER NOT NULL,
    grants TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_of_shopper ON orders (shopper, placed_at);
CREATE INDEX orders_due ON orders (starts_at) WHERE state = 'confirmed';
CREATE INDEX orders_held ON orders (hold_until) WHERE state = 'reserved';
CREATE INDEX orders_at_store ON orders (store, sent_at) WHERE state IN ('sent', 'ready');

CREATE TABLE stores (
    id TEXT NOT NULL PRIMARY KEY,
    said TEXT,
    minutes INTEGER,
    until INTEGER,
    said_at INTEGER NOT NULL,
    pace INTEGER,
    cap INTEGER NOT NULL,
    prep INTEGER NOT NULL,
    booked BLOB NOT NULL,
    sent BLOB NOT NULL,
    day INTEGER NOT NULL,
    number INTEGER NOT NULL,
    shown TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    order_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    url TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (order_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_pending ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (created_at) WHERE state = 'dead';

CREATE TABLE replies (
    seq INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    grant_id TEXT,
    at INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX replies_by_digest ON replies (digest);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    voucher TEXT,
    grant_id TEXT,
    order_id TEXT,
    store TEXT,
    count INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_stores ON events (seq) WHERE kind = 'store_state';
CREATE TRIGGER events_are_not_altered BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the history is not altered'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the history is not deleted'); END;
