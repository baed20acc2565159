-- Who carries effects out grows with the code, like the kinds of effects: it is not checked here.
-- SQLite cannot drop a constraint, so the table is made anew.

CREATE TABLE outbox_anew (
    id INTEGER NOT NULL,
    incident_id TEXT NOT NULL,
    destination TEXT NOT NULL,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    bucket TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    unsure INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER,
    planned_at INTEGER NOT NULL,
    settled_at INTEGER,
    last_setback TEXT,
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT outbox_state_known CHECK (state IN ('ready', 'leased', 'done', 'given_up', 'moot')),
    CONSTRAINT outbox_attempts_count_up CHECK (attempts >= 0),
    CONSTRAINT outbox_unsure_known CHECK (unsure IN (0, 1)),
    CONSTRAINT outbox_settled_has_time CHECK
        ((settled_at IS NOT NULL) = (state IN ('done', 'given_up', 'moot'))),
    CONSTRAINT outbox_leased_has_owner CHECK ((lease_owner IS NOT NULL) = (state = 'leased')),
    CONSTRAINT outbox_leased_has_end CHECK ((lease_until IS NOT NULL) = (state = 'leased')),
    CONSTRAINT outbox_given_up_says_why CHECK (state <> 'given_up' OR last_setback IS NOT NULL)
) STRICT;

INSERT INTO outbox_anew (id, incident_id, destination, lane, kind, bucket, body, state,
    run_at, attempts, unsure, lease_owner, lease_until, planned_at, settled_at, last_setback)
SELECT id, incident_id, destination, lane, kind, bucket, body, state,
    run_at, attempts, unsure, lease_owner, lease_until, planned_at, settled_at, last_setback
FROM outbox;

DROP TABLE outbox;
ALTER TABLE outbox_anew RENAME TO outbox;

CREATE UNIQUE INDEX outbox_one_in_flight_per_lane ON outbox (incident_id, lane)
    WHERE state = 'leased';
CREATE INDEX outbox_unsettled_by_lane ON outbox (incident_id, lane, id)
    WHERE state IN ('ready', 'leased');
CREATE INDEX outbox_ready_by_time ON outbox (run_at) WHERE state = 'ready';
CREATE INDEX outbox_leased_by_end ON outbox (lease_until) WHERE state = 'leased';
CREATE INDEX outbox_by_incident_and_kind ON outbox (incident_id, kind);
CREATE INDEX outbox_given_up ON outbox (id) WHERE state = 'given_up';
CREATE INDEX outbox_by_destination ON outbox (destination, state);
