-- What a monitor said last of an alert, beyond whether it fires: how bad it is, and its members if it is
-- a group. Absent where it was recorded before this was kept.

ALTER TABLE alerts ADD COLUMN severity BIGINT;
ALTER TABLE alerts ADD COLUMN members TEXT;
