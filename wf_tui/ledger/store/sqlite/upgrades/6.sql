-- A run may be there to write a plan, the tasks of a phase may be rivals of which one is taken, a phase may decide what comes after it, and a task may look at what another has made.

ALTER TABLE run ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
ALTER TABLE phase ADD COLUMN pick TEXT;
ALTER TABLE phase ADD COLUMN judge TEXT;
ALTER TABLE phase ADD COLUMN node TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN critic_of TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN critic_rounds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN pick TEXT;
CREATE INDEX task_critic ON task (run, critic_of) WHERE critic_of <> '';
