-- Alerts as they were delivered: durable before their sender is answered, judged after that, and kept
-- for rules to be tried on. With them which deliveries were taken in, and what alerts have in common.

INSERT INTO counters (name, value) VALUES ('alert', 0);

-- `alert` is all of it, as JSON. Numbers have no gaps and are given in the order of recording.
CREATE TABLE alert_log (
    id BIGINT NOT NULL,
    integration TEXT NOT NULL,
    source TEXT NOT NULL,
    delivery_id TEXT,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    alert TEXT NOT NULL,
    judged_at BIGINT,
    group_key TEXT,
    outcome TEXT,
    why TEXT,
    incident_id TEXT,
    CONSTRAINT alert_log_pkey PRIMARY KEY (id),
    CONSTRAINT alert_log_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT alert_log_state_known CHECK (state IN ('firing', 'resolved')),
    CONSTRAINT alert_log_judged_has_outcome CHECK ((judged_at IS NULL) = (outcome IS NULL))
);

CREATE INDEX alert_log_waiting ON alert_log (id) WHERE judged_at IS NULL;
CREATE INDEX alert_log_by_time ON alert_log (received_at);

-- Deliveries by their senders' own ids, remembered for as long as they may come again, each with the
-- first of its alerts in the log.
CREATE TABLE alert_deliveries (
    integration TEXT NOT NULL,
    id TEXT NOT NULL,
    first_alert BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    CONSTRAINT alert_deliveries_pkey PRIMARY KEY (integration, id)
);

CREATE INDEX alert_deliveries_by_time ON alert_deliveries (received_at);

-- The incident that takes in what has this in common, and when something was last taken in.
CREATE TABLE alert_groups (
    integration TEXT NOT NULL,
    key TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    CONSTRAINT alert_groups_pkey PRIMARY KEY (integration, key),
    CONSTRAINT alert_groups_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE INDEX alert_groups_by_opening ON alert_groups (integration, opened_at);
CREATE INDEX alert_groups_by_time ON alert_groups (seen_at);

-- An alert is known by the integration it came through, and may be over before any incident held it.
ALTER TABLE alerts RENAME COLUMN source TO integration;
ALTER TABLE alerts ALTER COLUMN incident_id DROP NOT NULL;

CREATE INDEX alerts_held_by_nobody ON alerts (seen_at) WHERE incident_id IS NULL;
