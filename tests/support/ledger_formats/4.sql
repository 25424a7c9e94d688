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
    left_out TEXT NOT NULL DEFAULT ''
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
    merge_gates BIGINT NOT NULL DEFAULT 0,
    choices TEXT NOT NULL DEFAULT '{}',
    author TEXT NOT NULL DEFAULT '',
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
CREATE INDEX task_timer ON task (run, not_before) WHERE not_before IS NOT NULL;
CREATE INDEX task_pinned ON task (run, ready_at) WHERE pinned_by = 'plan' AND state = 'pending';
CREATE INDEX task_phase ON task (run, phase, ordinal);
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
-- what a person did at once, and what took it back
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

INSERT INTO attempt VALUES('r1','z',1,'w9','shell','work',0,0,1,'worktree','["src/z"]',0,NULL,NULL,NULL,'succeeded','exit','',0,NULL,NULL,'c1',NULL,NULL,NULL,1000010.0,1000010.0,1,'',0,'[]');
INSERT INTO attempt VALUES('r1','a',1,'w1','shell','work',0,0,1,'worktree','["src/a"]',0,NULL,NULL,NULL,'failed','exit','exit status 1',1,NULL,NULL,NULL,NULL,NULL,NULL,1000010.0,1000011.0,2,'',0,'[]');
INSERT INTO attempt VALUES('r1','m',1,'w5','shell','work',1,0,1,'worktree','["src/m"]',0,NULL,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1000010.0,NULL,3,'',0,'[]');
INSERT INTO attempt VALUES('r1','b',1,'w9','shell','work',1,0,1,'worktree','["src/b"]',0,NULL,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1000010.0,NULL,4,'',0,'[]');
INSERT INTO event VALUES('r1',1,1000010.0,NULL,NULL,NULL,'scheduler','run_created','{"goal": "to test", "base": "b0", "ref": "refs/heads/wf/r1", "jobs": 9, "scopes": "serialize", "phases": [{"name": "work", "parallel": true, "on_failure": "skip_continue", "depends_on": []}]}',NULL);
INSERT INTO event VALUES('r1',2,1000010.0,'z',NULL,NULL,'scheduler','task_added','{"title": "z", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/z"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',3,1000010.0,'m',NULL,NULL,'scheduler','task_added','{"title": "m", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/m"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',4,1000010.0,'n',NULL,NULL,'scheduler','task_added','{"title": "n", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/m"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',5,1000010.0,'a',NULL,NULL,'scheduler','task_added','{"title": "a", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/a"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',6,1000010.0,'b',NULL,NULL,'scheduler','task_added','{"title": "b", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/b"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',7,1000010.0,'k',NULL,NULL,'scheduler','task_added','{"title": "k", "phase": "work", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/k"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO event VALUES('r1',8,1000010.0,NULL,NULL,NULL,'scheduler','worker_joined','{"worker_name": "w9", "profile": "shell"}',NULL);
INSERT INTO event VALUES('r1',9,1000010.0,NULL,NULL,NULL,'scheduler','worker_joined','{"worker_name": "w1", "profile": "shell"}',NULL);
INSERT INTO event VALUES('r1',10,1000010.0,NULL,NULL,NULL,'scheduler','worker_joined','{"worker_name": "w5", "profile": "shell"}',NULL);
INSERT INTO event VALUES('r1',11,1000010.0,'z','w9',1,'scheduler','task_claimed','{"lease_until": 1000070.0, "tries": 0, "scope": ["src/z"], "isolation": "worktree", "mode": "read_write"}',NULL);
INSERT INTO event VALUES('r1',12,1000010.0,'z','w9',1,'scheduler','task_step','{"step": "preparing", "before": "claimed"}',NULL);
INSERT INTO event VALUES('r1',13,1000010.0,'z','w9',1,'scheduler','task_step','{"step": "running", "before": "preparing"}',NULL);
INSERT INTO event VALUES('r1',14,1000010.0,'z','w9',1,'scheduler','task_step','{"step": "harvesting", "before": "running"}',NULL);
INSERT INTO event VALUES('r1',15,1000010.0,'z','w9',1,'scheduler','task_step','{"step": "checking", "before": "harvesting"}',NULL);
INSERT INTO event VALUES('r1',16,1000010.0,'z','w9',1,'scheduler','task_step','{"step": "integrating", "before": "checking"}',NULL);
INSERT INTO event VALUES('r1',17,1000010.0,'z','w9',1,'scheduler','task_done','{"kind": "merged", "before": "integrating", "commit": "c1"}',NULL);
INSERT INTO event VALUES('r1',18,1000010.0,'z','w9',1,'scheduler','attempt_ended','{"outcome": "succeeded", "cause": "exit", "exit_code": 0}',NULL);
INSERT INTO event VALUES('r1',19,1000010.0,'a',NULL,NULL,'user:ann','task_edited','{"before": "pending", "undo": {"state": "pending", "kind": null, "note": "", "tries": 0, "conflicts": 0, "pinned": "", "pinned_by": "", "not_before": null, "scope_waived": false, "commit_id": null, "result": null, "detail": {}}, "command": 19, "fields": {"priority": -5}, "was": {"priority": 0}}',19);
INSERT INTO event VALUES('r1',20,1000010.0,'a','w1',1,'scheduler','task_claimed','{"lease_until": 1000070.0, "tries": 0, "scope": ["src/a"], "isolation": "worktree", "mode": "read_write"}',NULL);
INSERT INTO event VALUES('r1',21,1000010.0,'m','w5',1,'scheduler','task_claimed','{"lease_until": 1000070.0, "tries": 0, "scope": ["src/m"], "isolation": "worktree", "mode": "read_write"}',NULL);
INSERT INTO event VALUES('r1',22,1000010.0,'b','w9',1,'scheduler','task_claimed','{"lease_until": 1000070.0, "tries": 0, "scope": ["src/b"], "isolation": "worktree", "mode": "read_write"}',NULL);
INSERT INTO event VALUES('r1',23,1000011.0,'a','w1',1,'scheduler','task_blocked','{"kind": "failed", "before": "claimed", "cause": "exit", "text": "exit status 1", "tries": 1}',NULL);
INSERT INTO event VALUES('r1',24,1000011.0,'a','w1',1,'scheduler','attempt_ended','{"outcome": "failed", "cause": "exit", "text": "exit status 1", "exit_code": 1}',NULL);
INSERT INTO event VALUES('r1',25,1000011.0,'n',NULL,NULL,'user:ann','message_sent','{"text": "second name, first text"}',NULL);
INSERT INTO event VALUES('r1',26,1000011.0,'n',NULL,NULL,'user:ann','message_sent','{"text": "and another"}',NULL);
INSERT INTO event VALUES('r1',27,1000011.0,'k',NULL,NULL,'user:ann','task_blocked','{"before": "pending", "undo": {"state": "pending", "kind": null, "note": "", "tries": 0, "conflicts": 0, "pinned": "w1", "pinned_by": "plan", "not_before": null, "scope_waived": false, "commit_id": null, "result": null, "detail": {}}, "command": 27, "kind": "hold", "text": "held by ann"}',27);
INSERT INTO event VALUES('r1',28,1000011.0,'k',NULL,NULL,'user:ann','undone','{"undoes": 27}',27);
INSERT INTO event VALUES('r1',29,1000011.0,'k',NULL,NULL,'user:ann','task_blocked','{"before": "pending", "undo": {"state": "pending", "kind": null, "note": "", "tries": 0, "conflicts": 0, "pinned": "w1", "pinned_by": "plan", "not_before": null, "scope_waived": false, "commit_id": null, "result": null, "detail": {}}, "command": 29, "kind": "hold", "text": "held by ann"}',29);
INSERT INTO event VALUES('r1',31,1000011.0,'z','w9',1,'scheduler','left_kept','{"ref": "refs/wf/left/z/1/tag-1", "kind": "tag", "name": "v", "commit": "c9", "files": 2}',NULL);
INSERT INTO event VALUES('r1',30,1000011.0,NULL,NULL,NULL,'scheduler','scheduler_started','{"pid": 4321, "host": "h"}',NULL);
INSERT INTO event VALUES('r9',1,1000000.0,NULL,NULL,NULL,'scheduler','run_created','{"goal": "to test", "base": "b0", "ref": "refs/heads/wf/r1", "jobs": 9, "scopes": "serialize", "phases": [{"name": "old", "parallel": true, "on_failure": "skip_continue", "depends_on": []}]}',NULL);
INSERT INTO event VALUES('r9',2,1000000.0,'x',NULL,NULL,'scheduler','task_added','{"title": "x", "phase": "old", "needs": [], "mode": "read_write", "isolation": "worktree", "scope": ["src/x"], "role": "general", "max_attempts": 1}',NULL);
INSERT INTO message VALUES('r1','n',1,1000011.0,'user:ann','second name, first text',NULL);
INSERT INTO message VALUES('r1','n',2,1000011.0,'user:ann','and another',NULL);
INSERT INTO message VALUES('r1','a',1,1000010.5,'user:ann','be quick',1);
INSERT INTO phase VALUES('r9','old',0,1,'skip_continue',NULL,0,1,NULL,0);
INSERT INTO phase VALUES('r1','work',0,1,'skip_continue',NULL,0,4,NULL,2);
INSERT INTO question VALUES('r1','b',1,1000011.0,'May I?','["yes", "no"]','open',NULL);
INSERT INTO question VALUES('r1','a',1,1000010.5,'Which?','[]','answered','this one');
INSERT INTO run VALUES('r9','to test','running','go','b0','refs/heads/wf/r1','b0',NULL,'',1000000.0,NULL,NULL,9,60.0,'serialize',0,2,1,0,0,0,0,0,0,1,0,'{}','[]',NULL,'');
INSERT INTO run VALUES('r1','to test','running','go','b0','refs/heads/wf/r1','b0',NULL,'',1000000.0,NULL,NULL,9,60.0,'serialize',0,31,1,1,1,3,2,1,0,2,4,'{}','[]',NULL,'');
INSERT INTO scheduler VALUES('r1',4321,'h','b','s',1000011.0);
INSERT INTO task VALUES('r9','x',0,'old','x','{"prompt":"think"}','prompt','read_write','worktree','general','["src/x"]','scope:worktree:["src/x"]',0,1,999999,1,5.0,'pending',NULL,'','{}',1000000.0,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,0,NULL,'','',NULL,NULL,1000000.0,0,0,0,0,0,NULL,NULL,0,'{}','');
INSERT INTO task VALUES('r1','z',0,'work','z','{"command":"true"}','shell','read_write','worktree','general','["src/z"]','scope:worktree:["src/z"]',0,1,999999,1,5.0,'done','merged','','{}',1000010.0,NULL,NULL,NULL,NULL,1,NULL,NULL,1,0,0,'w9','','',NULL,NULL,1000010.0,0,0,0,1,0,'c1','ok',0,'{}','');
INSERT INTO task VALUES('r1','m',1,'work','m','{"command":"true"}','shell','read_write','worktree','general','["src/m"]','scope:worktree:["src/m"]',0,1,999999,1,5.0,'in_progress',NULL,'','{}',1000010.0,'claimed',1000010.0,1000070.0,'w5',1,1000070.0,1,1,0,0,'w5','','',NULL,NULL,1000010.0,0,1,0,0,0,NULL,NULL,0,'{}','');
INSERT INTO task VALUES('r1','n',2,'work','n','{"command":"true"}','shell','read_write','worktree','general','["src/m"]','scope:worktree:["src/m"]',0,1,999999,1,5.0,'pending',NULL,'','{}',1000010.0,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,0,NULL,'','',NULL,'["scope:worktree:[\"src/m\"]", "shell", "general", "", "work"]',1000010.0,0,0,0,0,0,NULL,NULL,0,'{}','');
INSERT INTO task VALUES('r1','a',3,'work','a','{"command":"true"}','shell','read_write','worktree','general','["src/a"]','scope:worktree:["src/a"]',-5,1,-4000001,1,5.0,'blocked','failed','exit status 1','{}',1000011.0,NULL,NULL,NULL,NULL,1,NULL,NULL,1,1,0,'w1','','',NULL,NULL,1000010.0,0,0,0,1,0,NULL,NULL,0,'{}','');
INSERT INTO task VALUES('r1','b',4,'work','b','{"command":"true"}','shell','read_write','worktree','general','["src/b"]','scope:worktree:["src/b"]',0,1,999999,1,5.0,'blocked','question','May I?','{}',1000010.0,'running',1000010.0,1000070.0,'w9',1,1000070.0,1,1,0,0,'w9','','',NULL,NULL,1000010.0,0,1,0,0,0,NULL,NULL,0,'{}','');
INSERT INTO task VALUES('r1','k',5,'work','k','{"command":"true"}','shell','read_write','worktree','general','["src/k"]','scope:worktree:["src/k"]',0,1,999999,1,5.0,'blocked','hold','held by ann','{}',1000011.0,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,0,NULL,'w1','plan',NULL,NULL,1000011.0,1,0,0,0,0,NULL,NULL,0,'{}','');
INSERT INTO worker VALUES('r1','w9','shell','shell','[]','local',NULL,'b',1,'busy',1000010.0,1,'');
INSERT INTO worker VALUES('r1','w1','shell','shell','[]','local',NULL,NULL,NULL,'idle',1000010.0,2,'');
INSERT INTO worker VALUES('r1','w5','shell','shell','[]','local',NULL,'m',1,'busy',1000010.0,3,'');

PRAGMA application_id = 2003192881;
PRAGMA user_version = 4;
