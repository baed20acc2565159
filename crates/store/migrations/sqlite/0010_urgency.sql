-- Of what waits for the same budget the most urgent goes first: what only a monitor asked for is calm.
-- What an effect left to be seen is kept as a digest, so that what is there already is not sent again.

ALTER TABLE outbox ADD COLUMN calm INTEGER NOT NULL DEFAULT 0
    CONSTRAINT outbox_calm_known CHECK (calm IN (0, 1));
ALTER TABLE outbox ADD COLUMN shows TEXT;

CREATE INDEX outbox_settled_by_time ON outbox (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX deliveries_by_time ON deliveries (recorded_at);
