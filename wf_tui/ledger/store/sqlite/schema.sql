-- The ledger. Times are UTC seconds, money micro-dollars, ids free text.
-- `event` is append-only; every other table is its projection, written in the same transaction.
-- The types are those that PostgreSQL has, too; SQLite reads both names as its own.

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
    attempts BIGINT NOT NULL,
    environment TEXT NOT NULL DEFAULT '{}',
    missing TEXT NOT NULL DEFAULT '[]',
    removed_at DOUBLE PRECISION,
    left_out TEXT NOT NULL DEFAULT '',
    budget TEXT NOT NULL DEFAULT '{}',
    usage TEXT NOT NULL DEFAULT '{}',
    profiles TEXT NOT NULL DEFAULT '{}',
    result TEXT,
    purpose TEXT NOT NULL DEFAULT '',
    notified BIGINT NOT NULL DEFAULT 0
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
    pick TEXT,
    judge TEXT,
    node TEXT NOT NULL DEFAULT '',
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
    takes TEXT NOT NULL,
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
    merge_gates BIGINT NOT NULL DEFAULT 0,
    choices TEXT NOT NULL DEFAULT '{}',
    author TEXT NOT NULL DEFAULT '',
    usage TEXT NOT NULL DEFAULT '{}',
    budget_from TEXT NOT NULL DEFAULT '{}',
    limited_since DOUBLE PRECISION,
    limited_count BIGINT NOT NULL DEFAULT 0,
    seat_wanted TEXT,
    tree_wanted TEXT,
    wanted_until DOUBLE PRECISION,
    questions BIGINT NOT NULL DEFAULT 0,
    critic_of TEXT NOT NULL DEFAULT '',
    critic_rounds BIGINT NOT NULL DEFAULT 0,
    pick TEXT,
    PRIMARY KEY (run, id)
);

-- the walk of a claim: best first, nothing that cannot start
CREATE INDEX task_ready ON task (run, rank, ordinal)
    WHERE state = 'pending' AND unmet = 0 AND not_before IS NULL AND wait_queue IS NULL;
-- those that a claim takes out of it together, since they ask for the same
CREATE INDEX task_scope ON task (run, scope_key)
    WHERE state = 'pending' AND unmet = 0 AND not_before IS NULL AND wait_queue IS NULL
    AND mode = 'read_write';
CREATE INDEX task_parked ON task (run, wait_queue, rank, ordinal) WHERE wait_queue IS NOT NULL;
CREATE INDEX task_wanted ON task (run, wanted_until) WHERE seat_wanted IS NOT NULL;
CREATE INDEX task_timer ON task (run, not_before) WHERE not_before IS NOT NULL;
CREATE INDEX task_pinned ON task (run, ready_at) WHERE pinned_by = 'plan' AND state = 'pending';
CREATE INDEX task_phase ON task (run, phase, ordinal);
CREATE INDEX task_critic ON task (run, critic_of) WHERE critic_of <> '';
-- what stops all that comes after it in a phase that holds
CREATE INDEX task_blocked ON task (run, phase, ordinal) WHERE state = 'blocked';

CREATE TABLE edge (
    run TEXT NOT NULL,
    src TEXT NOT NULL,
    dst TEXT NOT NULL,
    kind TEXT NOT NULL,
    met BIGINT NOT NULL,
    PRIMARY KEY (run, src, dst, kind)
);
-- with what is asked of it: else SQLite walks every edge of the run by the key
CREATE INDEX edge_dst ON edge (run, dst, kind, src);

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
    ignored BIGINT NOT NULL DEFAULT 0,
    ignored_names TEXT NOT NULL DEFAULT '[]',
    session TEXT,
    model TEXT,
    lane TEXT,
    preset TEXT,
    tools BIGINT NOT NULL DEFAULT 0,
    plan_done BIGINT,
    plan_total BIGINT,
    said TEXT,
    said_at DOUBLE PRECISION,
    proof TEXT,
    files BIGINT,
    added BIGINT,
    removed BIGINT,
    verdict TEXT,
    left_refs TEXT NOT NULL DEFAULT '[]',
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
    task TEXT,
    epoch BIGINT,
    state TEXT NOT NULL,
    heartbeat_at DOUBLE PRECISION,
    ordinal BIGINT NOT NULL,
    host TEXT NOT NULL,
    takes TEXT NOT NULL DEFAULT 'command',
    model TEXT NOT NULL DEFAULT '',
    usage TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (run, name)
);

-- the limits of providers, as the scheduler of a run saw them
CREATE TABLE lane (
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    until DOUBLE PRECISION,
    capacity BIGINT,
    actor TEXT NOT NULL,
    short TEXT NOT NULL,
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
-- what a person did at once, and what took it back
CREATE INDEX event_command ON event (run, command) WHERE command IS NOT NULL;

-- what persons write to workers
CREATE TABLE message (
    run TEXT NOT NULL,
    id BIGINT NOT NULL,
    task TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    epoch BIGINT,
    delivered_at DOUBLE PRECISION,
    PRIMARY KEY (run, id)
);
CREATE INDEX message_task ON message (run, task, id);

-- what workers ask persons
CREATE TABLE question (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    asked_at DOUBLE PRECISION NOT NULL,
    expires_at DOUBLE PRECISION,
    text TEXT NOT NULL,
    kind TEXT NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,
    option TEXT,
    answer TEXT,
    answered_by TEXT NOT NULL,
    delivered_epoch BIGINT,
    detail TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (run, task, epoch, id)
);
CREATE INDEX question_open ON question (run, asked_at) WHERE state = 'open';

-- what persons allow for the rest of a run
CREATE TABLE allowance (
    run TEXT NOT NULL,
    id BIGINT NOT NULL,
    task TEXT,
    profile TEXT,
    tool_kind TEXT NOT NULL,
    text TEXT NOT NULL,
    actor TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    ended_at DOUBLE PRECISION,
    PRIMARY KEY (run, id)
);

CREATE TABLE gate (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    place TEXT NOT NULL,
    head TEXT,
    commit_id TEXT,
    started_at DOUBLE PRECISION NOT NULL,
    exit_code BIGINT,
    ended_at DOUBLE PRECISION,
    PRIMARY KEY (run, task, epoch, ordinal)
);

-- what a person says to lines of a diff
CREATE TABLE comment (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    id BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    path TEXT NOT NULL,
    side TEXT NOT NULL,
    line BIGINT,
    quote TEXT NOT NULL,
    text TEXT NOT NULL,
    actor TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    state TEXT NOT NULL,
    delivered_epoch BIGINT,
    PRIMARY KEY (run, task, id)
);

-- what a person does not want to see before a time, or before it changes
CREATE TABLE snooze (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    until DOUBLE PRECISION,
    epoch BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (run, task)
);

-- a person's own, of which no event tells: what they have begun to write, and what they have seen
CREATE TABLE draft (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    what TEXT NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (run, task, what, actor)
);

CREATE TABLE seen (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    path TEXT NOT NULL,
    actor TEXT NOT NULL,
    blob TEXT NOT NULL,
    PRIMARY KEY (run, task, path, actor)
);

CREATE TABLE scheduler (
    run TEXT PRIMARY KEY,
    pid BIGINT NOT NULL,
    host TEXT NOT NULL,
    boot TEXT NOT NULL,
    pid_started TEXT NOT NULL,
    started_at DOUBLE PRECISION NOT NULL
);

-- how the attempts of a profile failed one after the other, and until when it pauses
CREATE TABLE breaker (
    run TEXT NOT NULL,
    profile TEXT NOT NULL,
    allowed BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    trips BIGINT NOT NULL,
    until DOUBLE PRECISION,
    PRIMARY KEY (run, profile)
);
