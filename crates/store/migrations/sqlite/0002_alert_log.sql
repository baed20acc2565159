-- Alerts as they were delivered: durable before their sender is answered, judged after that, and kept
-- for rules to be tried on. With them which deliveries were taken in, and what alerts have in common.

INSERT INTO counters (name, value) VALUES ('alert', 0);

-- `alert` is all of it, as JSON. Numbers have no gaps and are given in the order of recording.
CREATE TABLE alert_log (
    id INTEGER NOT NULL,
    integration TEXT NOT NULL,
    source TEXT NOT NULL,
    delivery_id TEXT,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    alert TEXT NOT NULL,
    judged_at INTEGER,
    group_key TEXT,
    outcome TEXT,
    why TEXT,
    incident_id TEXT,
    CONSTRAINT alert_log_pkey PRIMARY KEY (id),
    CONSTRAINT alert_log_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT alert_log_state_known CHECK (state IN ('firing', 'resolved')),
    CONSTRAINT alert_log_judged_has_outcome CHECK ((judged_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE INDEX alert_log_waiting ON alert_log (id) WHERE judged_at IS NULL;
CREATE INDEX alert_log_by_time ON alert_log (received_at);

-- Deliveries by their senders' own ids, remembered for as long as they may come again, each with the
-- first of its alerts in the log.
CREATE TABLE alert_deliveries (
    integration TEXT NOT NULL,
    id TEXT NOT NULL,
    first_alert INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    CONSTRAINT alert_deliveries_pkey PRIMARY KEY (integration, id)
) STRICT;

CREATE INDEX alert_deliveries_by_time ON alert_deliveries (received_at);

-- The incident that takes in what has this in common, and when something was last taken in.
CREATE TABLE alert_groups (
    integration TEXT NOT NULL,
    key TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    CONSTRAINT alert_groups_pkey PRIMARY KEY (integration, key),
    CONSTRAINT alert_groups_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id)
) STRICT;

CREATE INDEX alert_groups_by_opening ON alert_groups (integration, opened_at);
CREATE INDEX alert_groups_by_time ON alert_groups (seen_at);

-- An alert is known by the integration it came through, and may be over before any incident held it.
CREATE TABLE alerts_known (
    integration TEXT NOT NULL,
    key TEXT NOT NULL,
    incident_id TEXT,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    CONSTRAINT alerts_pkey PRIMARY KEY (integration, key),
    CONSTRAINT alerts_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT alerts_state_known CHECK (state IN ('firing', 'resolved'))
) STRICT;

INSERT INTO alerts_known (integration, key, incident_id, title, state, since, seen_at)
SELECT source, key, incident_id, title, state, since, seen_at FROM alerts;

DROP TABLE alerts;
ALTER TABLE alerts_known RENAME TO alerts;

CREATE INDEX alerts_held_by_nobody ON alerts (seen_at) WHERE incident_id IS NULL;
