-- What waits is read integration by integration, so that a flood of one holds up no other; and how many
-- questions were asked lately is counted.

DROP INDEX alert_log_waiting;
CREATE INDEX alert_log_waiting ON alert_log (integration, id) WHERE judged_at IS NULL;
CREATE INDEX proposals_by_making ON proposals (made_at);
