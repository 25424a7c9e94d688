-- Numbers instead of the hidden ones of rows, columns instead of a look into JSON, and types that
-- PostgreSQL has, too: every table is made anew, since SQLite cannot change the type of a column.

DROP INDEX task_ready;
DROP INDEX task_scope;
DROP INDEX task_parked;
DROP INDEX task_timer;
DROP INDEX task_pinned;
DROP INDEX task_phase;
DROP INDEX task_blocked;
DROP INDEX edge_dst;
DROP INDEX attempt_open;
DROP INDEX event_task;
DROP INDEX message_task;
DROP INDEX question_task;
ALTER TABLE run RENAME TO old_run;
ALTER TABLE phase RENAME TO old_phase;
ALTER TABLE phase_edge RENAME TO old_phase_edge;
ALTER TABLE task RENAME TO old_task;
ALTER TABLE edge RENAME TO old_edge;
ALTER TABLE attempt RENAME TO old_attempt;
ALTER TABLE worker RENAME TO old_worker;
ALTER TABLE event RENAME TO old_event;
ALTER TABLE message RENAME TO old_message;
ALTER TABLE question RENAME TO old_question;
ALTER TABLE scheduler RENAME TO old_scheduler;
ALTER TABLE breaker RENAME TO old_breaker;

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    goal TEXT NOT NULL,
    state TEXT NOT NULL,
    intent TEXT NOT NULL,
    base TEXT NOT NULL,
    ref TEXT NOT NULL,
    head TEXT NOT NULL,
    exported TEXT,
    export_note TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL,
    ended_at DOUBLE PRECISION,
    idle_since DOUBLE PRECISION,
    jobs BIGINT NOT NULL,
    lease DOUBLE PRECISION NOT NULL,
    scopes TEXT NOT NULL,
    fold_case BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    in_progress BIGINT NOT NULL,
    done BIGINT NOT NULL,
    blocked BIGINT NOT NULL,
    open_attempts BIGINT NOT NULL,
    merges BIGINT NOT NULL,
    shared_merges BIGINT NOT NULL,
    number BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE UNIQUE INDEX run_number ON run (number);

CREATE TABLE phase (
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    parallel BIGINT NOT NULL,
    on_failure TEXT NOT NULL,
    wip BIGINT,
    unmet BIGINT NOT NULL,
    unsettled BIGINT NOT NULL,
    settled_at DOUBLE PRECISION,
    open_attempts BIGINT NOT NULL,
    PRIMARY KEY (run, name)
);

CREATE TABLE phase_edge (
    run TEXT NOT NULL,
    src TEXT NOT NULL,
    dst TEXT NOT NULL,
    PRIMARY KEY (run, src, dst)
);

CREATE TABLE task (
    run TEXT NOT NULL,
    id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    phase TEXT NOT NULL,
    title TEXT NOT NULL,
    spec TEXT NOT NULL,
    needs_kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    isolation TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    scope_key TEXT NOT NULL,
    priority BIGINT NOT NULL,
    chain BIGINT NOT NULL,
    rank BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    backoff DOUBLE PRECISION NOT NULL,
    state TEXT NOT NULL,
    kind TEXT,
    note TEXT NOT NULL,
    detail TEXT NOT NULL,
    since DOUBLE PRECISION NOT NULL,
    step TEXT,
    step_at DOUBLE PRECISION,
    step_deadline DOUBLE PRECISION,
    worker TEXT,
    epoch BIGINT NOT NULL,
    lease_until DOUBLE PRECISION,
    open_epoch BIGINT,
    attempts BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    conflicts BIGINT NOT NULL,
    last_worker TEXT,
    pinned TEXT NOT NULL,
    pinned_by TEXT NOT NULL,
    not_before DOUBLE PRECISION,
    wait_queue TEXT,
    ready_at DOUBLE PRECISION,
    ready_merges BIGINT NOT NULL,
    unmet BIGINT NOT NULL,
    unmet_blocked BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    scope_waived BIGINT NOT NULL,
    commit_id TEXT,
    result TEXT,
    PRIMARY KEY (run, id)
);

CREATE INDEX task_ready ON task (run, rank, ordinal)
    WHERE state = 'pending' AND unmet = 0 AND not_before IS NULL AND wait_queue IS NULL;
CREATE INDEX task_scope ON task (run, scope_key)
    WHERE state = 'pending' AND unmet = 0 AND not_before IS NULL AND wait_queue IS NULL
    AND mode = 'read_write';
CREATE INDEX task_parked ON task (run, wait_queue, rank, ordinal) WHERE wait_queue IS NOT NULL;
CREATE INDEX task_timer ON task (run, not_before) WHERE not_before IS NOT NULL;
CREATE INDEX task_pinned ON task (run, ready_at) WHERE pinned_by = 'plan' AND state = 'pending';
CREATE INDEX task_phase ON task (run, phase, ordinal);

CREATE TABLE edge (
    run TEXT NOT NULL,
    src TEXT NOT NULL,
    dst TEXT NOT NULL,
    kind TEXT NOT NULL,
    met BIGINT NOT NULL,
    PRIMARY KEY (run, src, dst, kind)
);
CREATE INDEX edge_dst ON edge (run, dst);

CREATE TABLE attempt (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    worker TEXT NOT NULL,
    profile TEXT NOT NULL,
    phase TEXT NOT NULL,
    open BIGINT NOT NULL,
    fenced BIGINT NOT NULL,
    writes BIGINT NOT NULL,
    isolation TEXT NOT NULL,
    scope TEXT NOT NULL,
    scope_waived BIGINT NOT NULL,
    base TEXT,
    tree TEXT,
    pid BIGINT,
    outcome TEXT,
    cause TEXT,
    note TEXT NOT NULL,
    exit_code BIGINT,
    signal BIGINT,
    ref TEXT,
    commit_id TEXT,
    intent_old TEXT,
    intent_new TEXT,
    usage TEXT,
    started_at DOUBLE PRECISION NOT NULL,
    ended_at DOUBLE PRECISION,
    number BIGINT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (run, task, epoch)
);
CREATE INDEX attempt_open ON attempt (run, task) WHERE open = 1;

CREATE TABLE worker (
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    profile TEXT NOT NULL,
    kind TEXT NOT NULL,
    roles TEXT NOT NULL,
    lane TEXT NOT NULL,
    lane_until DOUBLE PRECISION,
    task TEXT,
    epoch BIGINT,
    state TEXT NOT NULL,
    heartbeat_at DOUBLE PRECISION,
    ordinal BIGINT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (run, name)
);

CREATE TABLE event (
    run TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    task TEXT,
    worker TEXT,
    epoch BIGINT,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    command BIGINT,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE INDEX event_task ON event (run, task, seq) WHERE task IS NOT NULL;
CREATE INDEX event_command ON event (run, command) WHERE command IS NOT NULL;

CREATE TABLE message (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    number BIGINT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL,
    delivered_epoch BIGINT,
    PRIMARY KEY (run, task, number)
);

CREATE TABLE question (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    asked_at DOUBLE PRECISION NOT NULL,
    text TEXT NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT
);
CREATE INDEX question_task ON question (run, task);

CREATE TABLE scheduler (
    run TEXT PRIMARY KEY,
    pid BIGINT NOT NULL,
    host TEXT NOT NULL,
    boot TEXT NOT NULL,
    pid_started TEXT NOT NULL,
    started_at DOUBLE PRECISION NOT NULL
);

CREATE TABLE breaker (
    run TEXT NOT NULL,
    profile TEXT NOT NULL,
    allowed BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    trips BIGINT NOT NULL,
    until DOUBLE PRECISION,
    PRIMARY KEY (run, profile)
);

INSERT INTO run (
    id, goal, state, intent, base, ref, head, exported, export_note, created_at, ended_at,
    idle_since, jobs, lease, scopes, fold_case, seq, pending, in_progress, done,
    blocked, open_attempts, merges, shared_merges, number, attempts
)
SELECT
    id, goal, state, intent, base, ref, head, exported, export_note, created_at, ended_at,
    idle_since, jobs, lease, scopes, fold_case, seq, pending, in_progress, done,
    blocked, open_attempts, merges, shared_merges, row_number() OVER (ORDER BY rowid),
    (SELECT count(*) FROM old_attempt WHERE old_attempt.run = old_run.id)
FROM old_run ORDER BY rowid;
INSERT INTO phase (
    run, name, ordinal, parallel, on_failure, wip, unmet, unsettled, settled_at, open_attempts
)
SELECT
    run, name, ordinal, parallel, on_failure, wip, unmet, unsettled, settled_at, open_attempts
FROM old_phase ORDER BY rowid;
INSERT INTO phase_edge (
    run, src, dst
)
SELECT
    run, src, dst
FROM old_phase_edge ORDER BY rowid;
INSERT INTO task (
    run, id, ordinal, phase, title, spec, needs_kind, mode, isolation, role, scope, scope_key,
    priority, chain, rank, max_attempts, backoff, state, kind, note, detail, since, step,
    step_at, step_deadline, worker, epoch, lease_until, open_epoch, attempts, tries, conflicts,
    last_worker, pinned, pinned_by, not_before, wait_queue, ready_at, ready_merges, unmet,
    unmet_blocked, settled, scope_waived, commit_id, result
)
SELECT
    run, id, ordinal, phase, title, spec, needs_kind, mode, isolation, role, scope, scope_key,
    priority, chain, rank, max_attempts, backoff, state, kind, note, detail, since, step,
    step_at, step_deadline, worker, epoch, lease_until, open_epoch, attempts, tries, conflicts,
    last_worker, pinned, pinned_by, not_before, parked_by, ready_at, ready_merges, unmet,
    unmet_blocked, settled, scope_waived, commit_id, result
FROM old_task ORDER BY rowid;
INSERT INTO edge (
    run, src, dst, kind, met
)
SELECT
    run, src, dst, kind, met
FROM old_edge ORDER BY rowid;
INSERT INTO attempt (
    run, task, epoch, worker, profile, phase, open, fenced, writes, isolation, scope,
    scope_waived, base, tree, pid, outcome, cause, note, exit_code, signal, ref, commit_id,
    intent_old, intent_new, usage, started_at, ended_at, number, host
)
SELECT
    run, task, epoch, worker, profile, phase, open, fenced, writes, isolation, scope,
    scope_waived, base, tree, pid, outcome, cause, note, exit_code, signal, ref, commit_id,
    intent_old, intent_new, usage, started_at, ended_at,
    row_number() OVER (PARTITION BY run ORDER BY rowid), ''
FROM old_attempt ORDER BY rowid;
INSERT INTO worker (
    run, name, profile, kind, roles, lane, lane_until, task, epoch, state, heartbeat_at, ordinal,
    host
)
SELECT
    run, name, profile, kind, roles, lane, lane_until, task, epoch, state, heartbeat_at,
    row_number() OVER (PARTITION BY run ORDER BY rowid), ''
FROM old_worker ORDER BY rowid;
INSERT INTO event (
    run, seq, at, task, worker, epoch, actor, kind, data, command
)
SELECT
    run, seq, at, task, worker, epoch, actor, kind, data,
    CASE WHEN json_valid(data) THEN coalesce(data ->> '$.command', data ->> '$.undoes') END
FROM old_event;
INSERT INTO message (
    run, task, number, at, actor, text, delivered_epoch
)
SELECT
    run, task, row_number() OVER (PARTITION BY run, task ORDER BY rowid), at, actor, text,
    delivered_epoch
FROM old_message ORDER BY rowid;
INSERT INTO question (
    run, task, epoch, asked_at, text, options, state, answer
)
SELECT
    run, task, epoch, asked_at, text, options, state, answer
FROM old_question ORDER BY rowid;
INSERT INTO scheduler (
    run, pid, host, boot, pid_started, started_at
)
SELECT
    run, pid, host, boot, pid_started, started_at
FROM old_scheduler ORDER BY rowid;
INSERT INTO breaker (
    run, profile, allowed, failures, trips, until
)
SELECT
    run, profile, allowed, failures, trips, until
FROM old_breaker ORDER BY rowid;

DROP TABLE old_run;
DROP TABLE old_phase;
DROP TABLE old_phase_edge;
DROP TABLE old_task;
DROP TABLE old_edge;
DROP TABLE old_attempt;
DROP TABLE old_worker;
DROP TABLE old_event;
DROP TABLE old_message;
DROP TABLE old_question;
DROP TABLE old_scheduler;
DROP TABLE old_breaker;
