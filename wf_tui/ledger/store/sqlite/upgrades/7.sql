-- A question says what it is about in parts, a comment knows the attempt that was told it, and a run up to which event its hook was run: of what is over, none.

ALTER TABLE question ADD COLUMN detail TEXT NOT NULL DEFAULT '{}';
ALTER TABLE comment ADD COLUMN delivered_epoch BIGINT;
ALTER TABLE run ADD COLUMN notified BIGINT NOT NULL DEFAULT 0;
UPDATE run SET notified = seq;
