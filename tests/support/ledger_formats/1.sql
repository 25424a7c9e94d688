-- The ledger. Times are UTC seconds, money micro-dollars, ids free text.
-- `event` is append-only; every other table is its projection, written in the same transaction.

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
    created_at REAL NOT NULL,
    ended_at REAL,
    idle_since REAL,
    dir TEXT NOT NULL,
    repo TEXT NOT NULL,
    jobs INTEGER NOT NULL,
    lease REAL NOT NULL,
    scopes TEXT NOT NULL,
    fold_case INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    in_progress INTEGER NOT NULL,
    done INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    open_attempts INTEGER NOT NULL,
    merges INTEGER NOT NULL,
    shared_merges INTEGER NOT NULL
);

CREATE TABLE phase (
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    parallel INTEGER NOT NULL,
    on_failure TEXT NOT NULL,
    wip INTEGER,
    unmet INTEGER NOT NULL,
    unsettled INTEGER NOT NULL,
    settled_at REAL,
    open_attempts INTEGER NOT NULL,
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
    ordinal INTEGER NOT NULL,
    phase TEXT NOT NULL,
    title TEXT NOT NULL,
    spec TEXT NOT NULL,
    needs_kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    isolation TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    scope_key TEXT NOT NULL,
    priority INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    backoff REAL NOT NULL,
    state TEXT NOT NULL,
    kind TEXT,
    note TEXT NOT NULL,
    detail TEXT NOT NULL,
    since REAL NOT NULL,
    step TEXT,
    step_at REAL,
    step_deadline REAL,
    worker TEXT,
    epoch INTEGER NOT NULL,
    lease_until REAL,
    open_epoch INTEGER,
    attempts INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    last_worker TEXT,
    pinned TEXT NOT NULL,
    pinned_by TEXT NOT NULL,
    not_before REAL,
    parked_by TEXT,
    ready_at REAL,
    ready_merges INTEGER NOT NULL,
    unmet INTEGER NOT NULL,
    unmet_blocked INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    scope_waived INTEGER NOT NULL,
    commit_id TEXT,
    result TEXT,
    PRIMARY KEY (run, id)
);

-- the walk of a claim: best first, nothing that cannot start
CREATE INDEX task_ready ON task (run, rank, ordinal)
    WHERE state = 'pending' AND unmet = 0 AND not_before IS NULL AND parked_by IS NULL;
-- those that a claim takes out of it together, since they ask for the same
CREATE INDEX task_scope ON task (run, scope_key)
    WHERE state = 'pending' AND unmet = 0 AND not_before IS NULL AND parked_by IS NULL
    AND mode = 'read_write';
CREATE INDEX task_parked ON task (run, parked_by, rank, ordinal) WHERE parked_by IS NOT NULL;
CREATE INDEX task_timer ON task (run, not_before) WHERE not_before IS NOT NULL;
CREATE INDEX task_pinned ON task (run, ready_at) WHERE pinned_by = 'plan' AND state = 'pending';
CREATE INDEX task_phase ON task (run, phase, ordinal);
CREATE INDEX task_blocked ON task (run, since) WHERE state = 'blocked';

CREATE TABLE edge (
    run TEXT NOT NULL,
    src TEXT NOT NULL,
    dst TEXT NOT NULL,
    kind TEXT NOT NULL,
    met INTEGER NOT NULL,
    PRIMARY KEY (run, src, dst, kind)
);
CREATE INDEX edge_dst ON edge (run, dst);

CREATE TABLE attempt (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    worker TEXT NOT NULL,
    profile TEXT NOT NULL,
    phase TEXT NOT NULL,
    open INTEGER NOT NULL,
    fenced INTEGER NOT NULL,
    writes INTEGER NOT NULL,
    isolation TEXT NOT NULL,
    scope TEXT NOT NULL,
    scope_waived INTEGER NOT NULL,
    base TEXT,
    tree TEXT,
    pid INTEGER,
    outcome TEXT,
    cause TEXT,
    note TEXT NOT NULL,
    exit_code INTEGER,
    signal INTEGER,
    ref TEXT,
    commit_id TEXT,
    intent_old TEXT,
    intent_new TEXT,
    usage TEXT,
    started_at REAL NOT NULL,
    ended_at REAL,
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
    lane_until REAL,
    task TEXT,
    epoch INTEGER,
    state TEXT NOT NULL,
    heartbeat_at REAL,
    PRIMARY KEY (run, name)
);

CREATE TABLE event (
    run TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at REAL NOT NULL,
    task TEXT,
    worker TEXT,
    epoch INTEGER,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE INDEX event_task ON event (run, task, seq) WHERE task IS NOT NULL;

CREATE TABLE message (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    at REAL NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL,
    delivered_epoch INTEGER
);
CREATE INDEX message_task ON message (run, task);

CREATE TABLE question (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    asked_at REAL NOT NULL,
    text TEXT NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT
);
CREATE INDEX question_task ON question (run, task);

CREATE TABLE scheduler (
    run TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    boot TEXT NOT NULL,
    pid_started TEXT NOT NULL,
    started_at REAL NOT NULL,
    lease_until REAL NOT NULL
);

-- what marks the file, and a run of it
PRAGMA application_id = 2003192881;
PRAGMA user_version = 1;
INSERT INTO run VALUES ('r1', 'to test', 'running', 'go', 'b0', 'refs/heads/wf/r1', 'b0', NULL, '', 1000000.0, NULL, NULL, '/tmp/nowhere', '/repo', 9, 60.0, 'serialize', 0, 14, 1, 0, 1, 0, 0, 1, 0);
INSERT INTO phase VALUES ('r1', 'work', 0, 1, 'skip_continue', NULL, 0, 1, NULL, 0);
INSERT INTO task VALUES ('r1', 'a', 0, 'work', 'a', '{"command":"true"}', 'shell', 'read_write', 'worktree', 'general', '["src/a"]', 'scope:worktree:["src/a"]', 0, 1, 999999, 1, 5.0, 'done', 'merged', '', '{}', 1000000.0, NULL, NULL, NULL, NULL, 1, NULL, NULL, 1, 0, 0, 'w1', '', '', NULL, NULL, 1000000.0, 0, 0, 0, 1, 0, 'c1', 'ok');
INSERT INTO task VALUES ('r1', 'b', 1, 'work', 'b', '{"command":"true","needs":["a"]}', 'shell', 'read_write', 'worktree', 'general', '["src/b"]', 'scope:worktree:["src/b"]', 0, 1, 999999, 1, 5.0, 'pending', NULL, '', '{}', 1000000.0, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, 0, 0, NULL, '', '', NULL, NULL, 1000000.0, 1, 0, 0, 0, 0, NULL, NULL);
INSERT INTO edge VALUES ('r1', 'a', 'b', 'result', 0);
INSERT INTO attempt VALUES ('r1', 'a', 1, 'w1', 'shell', 'work', 0, 0, 1, 'worktree', '["src/a"]', 0, NULL, NULL, NULL, 'succeeded', 'exit', '', 0, NULL, NULL, 'c1', NULL, NULL, NULL, 1000000.0, 1000000.0);
INSERT INTO worker VALUES ('r1', 'w1', 'shell', 'shell', '[]', 'local', NULL, NULL, NULL, 'idle', 1000000.0);
INSERT INTO worker VALUES ('r1', 'w2', 'shell', 'shell', '[]', 'local', NULL, NULL, NULL, 'idle', NULL);
INSERT INTO worker VALUES ('r1', 'w3', 'shell', 'shell', '[]', 'local', NULL, NULL, NULL, 'idle', NULL);
INSERT INTO event VALUES ('r1', 1, 1000000.0, NULL, NULL, NULL, 'scheduler', 'run_created', '{"goal": "to test", "base": "b0", "ref": "refs/heads/wf/r1", "jobs": 9, "scopes": "serialize", "phases": [{"name": "work", "parallel": true, "on_failure": "skip_continue", "depends_on": []}]}');
INSERT INTO event VALUES ('r1', 2, 1000000.0, 'a', NULL, NULL, 'scheduler', 'task_added', '{"title": "a", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/a"], "role": "general", "max_attempts": 1}');
INSERT INTO event VALUES ('r1', 3, 1000000.0, 'b', NULL, NULL, 'scheduler', 'task_added', '{"title": "b", "phase": "work", "needs": ["a"], "mode": "read_write", "isolation": "worktree", "scope": ["src/b"], "role": "general", "max_attempts": 1}');
INSERT INTO event VALUES ('r1', 4, 1000000.0, NULL, NULL, NULL, 'scheduler', 'worker_joined', '{"worker_name": "w1", "profile": "shell"}');
INSERT INTO event VALUES ('r1', 5, 1000000.0, NULL, NULL, NULL, 'scheduler', 'worker_joined', '{"worker_name": "w2", "profile": "shell"}');
INSERT INTO event VALUES ('r1', 6, 1000000.0, NULL, NULL, NULL, 'scheduler', 'worker_joined', '{"worker_name": "w3", "profile": "shell"}');
INSERT INTO event VALUES ('r1', 7, 1000000.0, 'a', 'w1', 1, 'scheduler', 'task_claimed', '{"lease_until": 1000060.0, "tries": 0, "scope": ["src/a"], "isolation": "worktree", "mode": "read_write"}');
INSERT INTO event VALUES ('r1', 8, 1000000.0, 'a', 'w1', 1, 'scheduler', 'task_step', '{"step": "preparing", "before": "claimed"}');
INSERT INTO event VALUES ('r1', 9, 1000000.0, 'a', 'w1', 1, 'scheduler', 'task_step', '{"step": "running", "before": "preparing"}');
INSERT INTO event VALUES ('r1', 10, 1000000.0, 'a', 'w1', 1, 'scheduler', 'task_step', '{"step": "harvesting", "before": "running"}');
INSERT INTO event VALUES ('r1', 11, 1000000.0, 'a', 'w1', 1, 'scheduler', 'task_step', '{"step": "checking", "before": "harvesting"}');
INSERT INTO event VALUES ('r1', 12, 1000000.0, 'a', 'w1', 1, 'scheduler', 'task_step', '{"step": "integrating", "before": "checking"}');
INSERT INTO event VALUES ('r1', 13, 1000000.0, 'a', 'w1', 1, 'scheduler', 'task_done', '{"kind": "merged", "before": "integrating", "commit": "c1"}');
INSERT INTO event VALUES ('r1', 14, 1000000.0, 'a', 'w1', 1, 'scheduler', 'attempt_ended', '{"outcome": "succeeded", "cause": "exit", "exit_code": 0}');
