-- Version 2. A claim that is granted touches one random page instead of two: its reply is found by the grant that it made,
-- and only the other replies need an index by their digests.
ALTER TABLE grants ADD COLUMN digest BLOB; -- of the claim, if that can be repeated
ALTER TABLE grants ADD COLUMN reply INTEGER; -- to the claim
DROP INDEX replies_by_digest;
CREATE UNIQUE INDEX replies_by_digest ON replies (digest) WHERE status <> 201 OR grant_id IS NULL;
CREATE TEMP TABLE claims AS SELECT grant_id, digest, seq FROM replies WHERE status = 201 AND grant_id IS NOT NULL;
CREATE UNIQUE INDEX temp.claims_by_grant ON claims (grant_id);
UPDATE grants SET digest = claims.digest, reply = claims.seq
    FROM temp.claims AS claims WHERE claims.grant_id = shopper || ':' || voucher || ':' || n;
DROP TABLE temp.claims;
