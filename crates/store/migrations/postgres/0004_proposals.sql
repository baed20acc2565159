-- Alerts about which people are asked whether they are an incident: one message each.

-- `body` is all of it but where its message is; the columns are what is looked up or decided by. Its
-- message is due while what people should see is newer than what they were shown.
CREATE TABLE proposals (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    seen_version BIGINT NOT NULL,
    shown_version BIGINT NOT NULL,
    answer TEXT NOT NULL,
    group_key TEXT NOT NULL,
    -- What may only be asked about once at a time; nothing once it is answered.
    awaits TEXT,
    made_at BIGINT NOT NULL,
    heard_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    message_channel TEXT,
    message_ts TEXT,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    unsure BOOLEAN NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    last_setback TEXT,
    CONSTRAINT proposals_pkey PRIMARY KEY (id),
    CONSTRAINT proposals_asked_once UNIQUE (awaits),
    CONSTRAINT proposals_answer_known CHECK (answer IN
        ('awaited', 'opened', 'dismissed', 'expired')),
    CONSTRAINT proposals_await_something CHECK ((awaits IS NOT NULL) = (answer = 'awaited')),
    CONSTRAINT proposals_message_is_whole CHECK
        ((message_channel IS NULL) = (message_ts IS NULL)),
    CONSTRAINT proposals_attempts_count_up CHECK (attempts >= 0),
    CONSTRAINT proposals_leased_has_end CHECK
        ((lease_owner IS NULL) = (lease_until IS NULL))
);

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
    since BIGINT NOT NULL,
    CONSTRAINT proposal_alerts_pkey PRIMARY KEY (integration, key),
    CONSTRAINT proposal_alerts_proposal_exists FOREIGN KEY (proposal_id) REFERENCES proposals (id),
    CONSTRAINT proposal_alerts_state_known CHECK (state IN ('firing', 'resolved'))
);

CREATE INDEX proposal_alerts_by_proposal ON proposal_alerts (proposal_id);
