-- What the gate of a merge remembers, and an index that is used for what a task waits for.

ALTER TABLE task ADD COLUMN merge_gates BIGINT NOT NULL DEFAULT 0;

DROP INDEX edge_dst;
CREATE INDEX edge_dst ON edge (run, dst, kind, src);
