-- The record as it began: incidents and their events, what keeps repeats apart, the outbox, people.
-- Times are microseconds since 1970 in UTC; JSON documents are TEXT. Kinds of events, kinds of
-- effects and lanes are not checked here: they grow with the code, and nothing is decided on them.

-- The last number given out, by what it counts.
CREATE TABLE counters (
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    CONSTRAINT counters_pkey PRIMARY KEY (name),
    CONSTRAINT counters_value_counts_up CHECK (value >= 0)
) STRICT;

INSERT INTO counters (name, value) VALUES ('incident', 0), ('event', 0), ('effect', 0);

-- One row an incident: `state` is all of it, the columns are what is looked up or counted by.
CREATE TABLE incidents (
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    stage TEXT NOT NULL,
    severity INTEGER NOT NULL,
    worst_severity INTEGER NOT NULL,
    domain TEXT NOT NULL,
    kind TEXT NOT NULL,
    visibility TEXT NOT NULL,
    channel_name TEXT NOT NULL,
    channel_id TEXT,
    started_at INTEGER,
    opened_at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    recovered_at INTEGER,
    closed_at INTEGER,
    state TEXT NOT NULL,
    CONSTRAINT incidents_pkey PRIMARY KEY (id),
    CONSTRAINT incidents_number_once UNIQUE (number),
    CONSTRAINT incidents_channel_name_once UNIQUE (channel_name),
    CONSTRAINT incidents_channel_id_once UNIQUE (channel_id),
    CONSTRAINT incidents_version_has_events CHECK (version > 0),
    CONSTRAINT incidents_stage_known CHECK (stage IN
        ('open', 'investigating', 'fixing', 'monitoring', 'recovered', 'closed', 'dismissed')),
    CONSTRAINT incidents_severity_known CHECK (severity BETWEEN 1 AND 9),
    CONSTRAINT incidents_worst_severity_known CHECK (worst_severity BETWEEN 1 AND 9),
    CONSTRAINT incidents_kind_known CHECK (kind IN ('real', 'drill')),
    CONSTRAINT incidents_visibility_known CHECK (visibility IN ('company', 'private'))
) STRICT;

CREATE INDEX incidents_live ON incidents (number)
    WHERE stage IN ('open', 'investigating', 'fixing', 'monitoring');

-- What became true. Never changed, never deleted; `position` has no gaps.
CREATE TABLE events (
    position INTEGER NOT NULL,
    incident_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    happened_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (position),
    CONSTRAINT events_version_once UNIQUE (incident_id, version),
    CONSTRAINT events_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id)
) STRICT;

-- Deliveries by a vendor that were carried out, so that a second one is told from a first.
CREATE TABLE deliveries (
    door TEXT NOT NULL,
    id TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT deliveries_pkey PRIMARY KEY (door, id),
    CONSTRAINT deliveries_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id)
) STRICT;

-- Which incident an alert belongs to, as last said.
CREATE TABLE alerts (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    CONSTRAINT alerts_pkey PRIMARY KEY (source, key),
    CONSTRAINT alerts_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT alerts_state_known CHECK (state IN ('firing', 'resolved'))
) STRICT;

-- What is to be done in the world, and what came of it.
CREATE TABLE outbox (
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
    CONSTRAINT outbox_destination_known CHECK (destination IN
        ('slack', 'pagerduty', 'notion', 'desk')),
    CONSTRAINT outbox_state_known CHECK (state IN ('ready', 'leased', 'done', 'given_up', 'moot')),
    CONSTRAINT outbox_attempts_count_up CHECK (attempts >= 0),
    CONSTRAINT outbox_unsure_known CHECK (unsure IN (0, 1)),
    CONSTRAINT outbox_settled_has_time CHECK
        ((settled_at IS NOT NULL) = (state IN ('done', 'given_up', 'moot'))),
    CONSTRAINT outbox_leased_has_owner CHECK ((lease_owner IS NOT NULL) = (state = 'leased')),
    CONSTRAINT outbox_leased_has_end CHECK ((lease_until IS NOT NULL) = (state = 'leased')),
    CONSTRAINT outbox_given_up_says_why CHECK (state <> 'given_up' OR last_setback IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX outbox_one_in_flight_per_lane ON outbox (incident_id, lane)
    WHERE state = 'leased';
CREATE INDEX outbox_unsettled_by_lane ON outbox (incident_id, lane, id)
    WHERE state IN ('ready', 'leased');
CREATE INDEX outbox_ready_by_time ON outbox (run_at) WHERE state = 'ready';
CREATE INDEX outbox_leased_by_end ON outbox (lease_until) WHERE state = 'leased';
CREATE INDEX outbox_by_incident_and_kind ON outbox (incident_id, kind);
CREATE INDEX outbox_given_up ON outbox (id) WHERE state = 'given_up';
CREATE INDEX outbox_by_destination ON outbox (destination, state);

-- Kinds of effects whose vendor asked us to wait, for every replica.
CREATE TABLE pauses (
    bucket TEXT NOT NULL,
    until INTEGER NOT NULL,
    CONSTRAINT pauses_pkey PRIMARY KEY (bucket)
) STRICT;

-- People as the directory of the chat last showed them.
CREATE TABLE people (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT,
    is_bot INTEGER NOT NULL,
    deactivated INTEGER NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (id),
    CONSTRAINT people_is_bot_known CHECK (is_bot IN (0, 1)),
    CONSTRAINT people_deactivated_known CHECK (deactivated IN (0, 1))
) STRICT;
