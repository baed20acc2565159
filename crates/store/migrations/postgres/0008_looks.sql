-- How far each person has followed an incident: what changed since then is new to them.
CREATE TABLE looks (
    incident_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    CONSTRAINT looks_pkey PRIMARY KEY (incident_id, person_id),
    CONSTRAINT looks_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT looks_version_counts_up CHECK (version >= 0)
);
