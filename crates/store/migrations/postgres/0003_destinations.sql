-- Who carries effects out grows with the code, like the kinds of effects: it is not checked here.

ALTER TABLE outbox DROP CONSTRAINT outbox_destination_known;
