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
    purpose TEXT NOT NULL DEFAULT ''
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
INSERT INTO attempt VALUES('r1','z',1,'w9','shell','work',0,0,1,'worktree','["src/z"]',0,NULL,NULL,NULL,'succeeded','exit','',0,NULL,NULL,'c1',NULL,NULL,NULL,1000000.0,1000000.0,1,'',0,'[]',NULL,NULL,'local',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]');
INSERT INTO attempt VALUES('r1','m',1,'p1','thinker','work',1,0,1,'worktree','["src/m"]',0,NULL,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1000000.0,NULL,2,'',0,'[]',NULL,NULL,'local',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]');
INSERT INTO attempt VALUES('r1','k',1,'w9','shell','work',0,0,1,'worktree','["src/k"]',0,NULL,'/t/k',NULL,'succeeded','review','changed 1 file',NULL,NULL,NULL,'c7',NULL,NULL,NULL,1000000.0,1000003.0,3,'',0,'[]',NULL,NULL,'local',NULL,0,NULL,NULL,NULL,NULL,'changed 1 file',NULL,NULL,NULL,NULL,'[]');
INSERT INTO edge VALUES('r1','z','q','result',0);
INSERT INTO event VALUES('r1',1,1000000.0,NULL,NULL,NULL,'scheduler','run_created','{"goal": "to test", "base": "b0", "ref": "refs/heads/wf/r1", "jobs": 9, "scopes": "serialize", "phases": [{"name": "work", "parallel": true, "on_failure": "hold", "depends_on": []}, {"name": "later", "parallel": true, "on_failure": "hold", "depends_on": ["work"]}]}',NULL);
INSERT INTO event VALUES('r1',2,1000000.0,'z',NULL,NULL,'scheduler','task_added','{"title": "z", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/z"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',3,1000000.0,'m',NULL,NULL,'scheduler','task_added','{"title": "think", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/m"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',4,1000000.0,'k',NULL,NULL,'scheduler','task_added','{"title": "k", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/k"], "role": "general", "max_attempts": 1, "review": true}',NULL);
INSERT INTO event VALUES('r1',5,1000000.0,'q',NULL,NULL,'scheduler','task_added','{"title": "q", "phase": "later", "needs": ["z"], "mode": "read_write", "isolation": "worktree", "scope": ["src/q"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',6,1000000.0,NULL,NULL,NULL,'scheduler','worker_joined','{"worker_name": "w9", "profile": "shell"}',NULL);
INSERT INTO event VALUES('r1',7,1000000.0,NULL,NULL,NULL,'scheduler','worker_joined','{"worker_name": "p1", "profile": "thinker"}',NULL);
INSERT INTO event VALUES('r1',8,1000000.0,'z','w9',1,'scheduler','task_claimed','{"lease_until": 1000060.0, "tries": 0, "scope": ["src/z"], "isolation": "worktree", "mode": "read_write", "lane": "local"}',NULL);
INSERT INTO event VALUES('r1',9,1000000.0,'z','w9',1,'scheduler','task_step','{"step": "preparing", "before": "claimed"}',NULL);
INSERT INTO event VALUES('r1',10,1000000.0,'z','w9',1,'scheduler','task_step','{"step": "running", "before": "preparing"}',NULL);
INSERT INTO event VALUES('r1',11,1000000.0,'z','w9',1,'scheduler','task_step','{"step": "harvesting", "before": "running"}',NULL);
INSERT INTO event VALUES('r1',12,1000000.0,'z','w9',1,'scheduler','task_step','{"step": "checking", "before": "harvesting"}',NULL);
INSERT INTO event VALUES('r1',13,1000000.0,'z','w9',1,'scheduler','task_step','{"step": "integrating", "before": "checking"}',NULL);
INSERT INTO event VALUES('r1',14,1000000.0,'z','w9',1,'scheduler','task_done','{"kind": "merged", "before": "integrating", "commit": "c1"}',NULL);
INSERT INTO event VALUES('r1',15,1000000.0,'z','w9',1,'scheduler','attempt_ended','{"outcome": "succeeded", "cause": "exit", "exit_code": 0}',NULL);
INSERT INTO event VALUES('r1',16,1000000.0,'m','p1',1,'scheduler','task_claimed','{"lease_until": 1000060.0, "tries": 0, "scope": ["src/m"], "isolation": "worktree", "mode": "read_write", "lane": "local"}',NULL);
INSERT INTO event VALUES('r1',17,1000000.0,'m','p1',1,'scheduler','task_step','{"step": "preparing", "before": "claimed"}',NULL);
INSERT INTO event VALUES('r1',18,1000000.0,'m','p1',1,'scheduler','task_step','{"step": "running", "before": "preparing"}',NULL);
INSERT INTO event VALUES('r1',19,1000000.0,'m','p1',1,'scheduler','question_asked','{"id": "1", "text": "may I?", "options": [{"id": "y", "name": "yes", "kind": ""}, {"id": "n", "name": "no", "kind": ""}]}',NULL);
INSERT INTO event VALUES('r1',20,1000000.0,'k','w9',1,'scheduler','task_claimed','{"lease_until": 1000060.0, "tries": 0, "scope": ["src/k"], "isolation": "worktree", "mode": "read_write", "lane": "local"}',NULL);
INSERT INTO event VALUES('r1',21,1000000.0,'k','w9',1,'scheduler','task_step','{"step": "preparing", "before": "claimed"}',NULL);
INSERT INTO event VALUES('r1',22,1000000.0,'k','w9',1,'scheduler','task_step','{"step": "running", "before": "preparing"}',NULL);
INSERT INTO event VALUES('r1',23,1000000.0,'k','w9',1,'scheduler','task_step','{"step": "harvesting", "before": "running"}',NULL);
INSERT INTO event VALUES('r1',24,1000000.0,'k','w9',1,'scheduler','task_step','{"step": "checking", "before": "harvesting"}',NULL);
INSERT INTO event VALUES('r1',25,1000003.0,'k','w9',1,'scheduler','task_blocked','{"kind": "review", "before": "checking", "cause": "review", "text": "changed 1 file", "detail": {"paths": ["src/k"]}}',NULL);
INSERT INTO event VALUES('r1',26,1000003.0,'k','w9',1,'scheduler','attempt_ended','{"outcome": "succeeded", "cause": "review", "text": "changed 1 file"}',NULL);
INSERT INTO event VALUES('r1',27,1000003.0,'q',NULL,NULL,'user:ann','task_blocked','{"before": "pending", "undo": {"state": "pending", "kind": null, "note": "", "tries": 0, "conflicts": 0, "merge_gates": 0, "pinned": "", "pinned_by": "", "not_before": null, "scope_waived": false, "commit_id": null, "result": null, "detail": {}, "critic_rounds": 0}, "command": 27, "kind": "hold", "text": "held by ann"}',27);
INSERT INTO phase VALUES('r1','work',0,1,'hold',NULL,0,2,NULL,1,NULL,NULL,'');
INSERT INTO phase VALUES('r1','later',1,1,'hold',NULL,1,1,NULL,0,NULL,NULL,'');
INSERT INTO phase_edge VALUES('r1','work','later');
INSERT INTO question VALUES('r1','m',1,'1',1,1000000.0,NULL,'may I?','','[{"id":"y","name":"yes","kind":""},{"id":"n","name":"no","kind":""}]','open',NULL,NULL,'',NULL);
INSERT INTO run VALUES('r1','to test','running','go','b0','refs/heads/wf/r1','b0',NULL,'',1000000.0,NULL,NULL,9,60.0,'serialize',0,27,0,0,1,3,1,1,0,1,3,'{}','[]',NULL,'','{}','{}','{}',NULL,'');
INSERT INTO task VALUES('r1','z',0,'work','z','{"command":"true"}','command','read_write','worktree','general','["src/z"]','scope:worktree:["src/z"]',0,1,999999,1,5.0,'done','merged','','{}',1000000.0,NULL,NULL,NULL,NULL,1,NULL,NULL,1,0,0,'w9','','',NULL,NULL,1000000.0,0,0,0,1,0,'c1','ok',0,'{}','','{}','{}',NULL,0,NULL,NULL,NULL,0,'',0,NULL);
INSERT INTO task VALUES('r1','m',1,'work','think','{"prompt":"think"}','prompt','read_write','worktree','general','["src/m"]','scope:worktree:["src/m"]',0,1,999999,1,5.0,'blocked','question','may I?','{}',1000000.0,'running',1000000.0,NULL,'p1',1,1000060.0,1,1,0,0,'p1','','',NULL,NULL,1000000.0,0,1,0,0,0,NULL,NULL,0,'{}','','{}','{}',NULL,0,NULL,NULL,NULL,1,'',0,NULL);
INSERT INTO task VALUES('r1','k',2,'work','k','{"command":"true","review":true}','command','read_write','worktree','general','["src/k"]','scope:worktree:["src/k"]',0,1,999999,1,5.0,'blocked','review','changed 1 file','{"paths":["src/k"]}',1000003.0,NULL,NULL,NULL,NULL,1,NULL,NULL,1,0,0,'w9','','',NULL,NULL,1000000.0,0,0,0,0,0,NULL,NULL,0,'{}','','{}','{}',NULL,0,NULL,NULL,NULL,0,'',0,NULL);
INSERT INTO task VALUES('r1','q',3,'later','q','{"command":"true","needs":["z"]}','command','read_write','worktree','general','["src/q"]','scope:worktree:["src/q"]',0,1,999999,1,5.0,'blocked','hold','held by ann','{}',1000003.0,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,0,NULL,'','',NULL,NULL,NULL,0,1,0,0,0,NULL,NULL,0,'{}','','{}','{}',NULL,0,NULL,NULL,NULL,0,'',0,NULL);
INSERT INTO worker VALUES('r1','w9','shell','shell','[]','local',NULL,NULL,'idle',1000000.0,1,'','command','','{}');
INSERT INTO worker VALUES('r1','p1','thinker','agent','[]','local','m',1,'busy',1000000.0,2,'','prompt','','{}');

PRAGMA application_id = 2003192881;
PRAGMA user_version = 6;
