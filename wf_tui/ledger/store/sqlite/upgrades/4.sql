-- What the gate of a merge remembers, what a person chose as they accepted work, what git ignored of what an attempt left, and indexes that are used for what a task waits for.

ALTER TABLE task ADD COLUMN merge_gates BIGINT NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN choices TEXT NOT NULL DEFAULT '{}';
ALTER TABLE task ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN environment TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN missing TEXT NOT NULL DEFAULT '[]';
ALTER TABLE run ADD COLUMN removed_at DOUBLE PRECISION;
ALTER TABLE run ADD COLUMN left_out TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN ignored BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN ignored_names TEXT NOT NULL DEFAULT '[]';

DROP INDEX edge_dst;
CREATE INDEX edge_dst ON edge (run, dst, kind, src);
CREATE INDEX task_blocked ON task (run, phase, ordinal) WHERE state = 'blocked';
