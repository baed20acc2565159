-- When people last wrote in the channel of an incident that owes an update: nobody is reminded while
-- they do. Who wrote, and what, is not kept.
CREATE TABLE channel_talk (
    incident_id TEXT NOT NULL,
    spoken_at INTEGER NOT NULL,
    CONSTRAINT channel_talk_pkey PRIMARY KEY (incident_id),
    CONSTRAINT channel_talk_incident_exists FOREIGN KEY (incident_id) REFERENCES incidents (id)
) STRICT;
