-- Version 2. What a store has to make is listed before what waits to be fetched, which may be much that nobody fetches.
DROP INDEX orders_at_store;
CREATE INDEX orders_at_store ON orders (store, state, sent_at, id) WHERE state IN ('sent', 'ready');
-- Orders that nobody has handed over are found by their age.
CREATE INDEX orders_under_way ON orders (sent_at) WHERE state IN ('sent', 'ready');
