-- Alerts about which people are asked whether they are an incident: one message each.

-- `body` is all of it but where its message is; the columns are what is looked up or decided by. Its
-- message is due while what people should see is newer than what they were shown.
CREATE TABLE proposals (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    seen_version INTEGER NOT NULL,
    shown_version INTEGER NOT NULL,
    answer TEXT NOT NULL,
    group_key TEXT NOT NULL,
    -- What may only be asked about once at a time; nothing once it is answered.
    awaits TEXT,
    made_at INTEGER NOT NULL,
    heard_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    message_channel TEXT,
    message_ts TEXT,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    unsure INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER,
    last_setback TEXT,
    CONSTRAINT proposals_pkey PRIMARY KEY (id),
    CONSTRAINT proposals_asked_once UNIQUE (awaits),
    CONSTRAINT proposals_answer_known CHECK (answer IN
        ('awaited', 'opened', 'dismissed', 'expired')),
    CONSTRAINT proposals_await_something CHECK ((awaits IS NOT NULL) = (answer = 'awaited')),
    CONSTRAINT proposals_message_is_whole CHECK
        ((message_channel IS NULL) = (message_ts IS NULL)),
    CONSTRAINT proposals_attempts_count_up CHECK (attempts >= 0),
    CONSTRAINT proposals_unsure_known CHECK (unsure IN (0, 1)),
    CONSTRAINT proposals_leased_has_end CHECK
        ((lease_owner IS NULL) = (lease_until IS NULL))
) STRICT;

CREATE INDEX proposals_to_show ON proposals (run_at) WHERE seen_version > shown_version;
CREATE INDEX proposals_awaited ON proposals (heard_at) WHERE answer = 'awaited';
CREATE INDEX proposals_by_group ON proposals (group_key, made_at);
CREATE INDEX proposals_by_time ON proposals (heard_at);

-- Which proposal an alert belongs to, as last said.
CREATE TABLE proposal_alerts (
    integration TEXT NOT NULL,
    key TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    CONSTRAINT proposal_alerts_pkey PRIMARY KEY (integration, key),
    CONSTRAINT proposal_alerts_proposal_exists FOREIGN KEY (proposal_id) REFERENCES proposals (id),
    CONSTRAINT proposal_alerts_state_known CHECK (state IN ('firing', 'resolved'))
) STRICT;

CREATE INDEX proposal_alerts_by_proposal ON proposal_alerts (proposal_id);
