-- What a task is stands apart from how a seat works, and there are questions, messages, allowances, gates, reviews, usage, budgets, and what an attempt says of itself.

ALTER TABLE run ADD COLUMN budget TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN usage TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN profiles TEXT NOT NULL DEFAULT '{}';
ALTER TABLE run ADD COLUMN result TEXT;
ALTER TABLE task RENAME COLUMN needs_kind TO takes;
ALTER TABLE task ADD COLUMN usage TEXT NOT NULL DEFAULT '{}';
ALTER TABLE task ADD COLUMN budget_from TEXT NOT NULL DEFAULT '{}';
ALTER TABLE task ADD COLUMN limited_since DOUBLE PRECISION;
ALTER TABLE task ADD COLUMN limited_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN seat_wanted TEXT;
ALTER TABLE task ADD COLUMN tree_wanted TEXT;
ALTER TABLE task ADD COLUMN wanted_until DOUBLE PRECISION;
ALTER TABLE task ADD COLUMN questions BIGINT NOT NULL DEFAULT 0;
CREATE INDEX task_wanted ON task (run, wanted_until) WHERE seat_wanted IS NOT NULL;
ALTER TABLE attempt ADD COLUMN session TEXT;
ALTER TABLE attempt ADD COLUMN model TEXT;
ALTER TABLE attempt ADD COLUMN lane TEXT;
ALTER TABLE attempt ADD COLUMN preset TEXT;
ALTER TABLE attempt ADD COLUMN tools BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN plan_done BIGINT;
ALTER TABLE attempt ADD COLUMN plan_total BIGINT;
ALTER TABLE attempt ADD COLUMN said TEXT;
ALTER TABLE attempt ADD COLUMN said_at DOUBLE PRECISION;
ALTER TABLE attempt ADD COLUMN proof TEXT;
ALTER TABLE attempt ADD COLUMN files BIGINT;
ALTER TABLE attempt ADD COLUMN added BIGINT;
ALTER TABLE attempt ADD COLUMN removed BIGINT;
ALTER TABLE attempt ADD COLUMN verdict TEXT;
ALTER TABLE attempt ADD COLUMN left_refs TEXT NOT NULL DEFAULT '[]';
ALTER TABLE worker ADD COLUMN takes TEXT NOT NULL DEFAULT 'command';
ALTER TABLE worker ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE worker ADD COLUMN usage TEXT NOT NULL DEFAULT '{}';
ALTER TABLE worker DROP COLUMN lane_until;

-- The name of a queue has the kind in it, so that none is known by it any more: all that were parked
-- are looked at again by the next claim.
UPDATE task SET wait_queue = NULL WHERE wait_queue IS NOT NULL;
UPDATE task SET takes = CASE takes WHEN 'shell' THEN 'command' ELSE 'prompt' END;
UPDATE worker SET takes = CASE kind WHEN 'shell' THEN 'command' ELSE 'prompt' END;
UPDATE attempt SET left_refs = (
    SELECT json_group_array(json(data)) FROM (
        SELECT data FROM event
        WHERE event.run = attempt.run AND event.task = attempt.task
        AND event.epoch = attempt.epoch AND event.kind = 'left_kept'
        GROUP BY json_extract(data, '$.ref') ORDER BY min(seq)
    )
);

DROP INDEX question_task;
ALTER TABLE message RENAME TO old_message;
ALTER TABLE question RENAME TO old_question;

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

CREATE TABLE snooze (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    until DOUBLE PRECISION,
    epoch BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (run, task)
);

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

INSERT INTO message (run, id, task, at, actor, text, state, epoch, delivered_at)
SELECT
    run, row_number() OVER (PARTITION BY run ORDER BY at, task, number), task, at, actor, text,
    CASE WHEN delivered_epoch IS NULL THEN 'waiting' ELSE 'delivered' END, delivered_epoch, NULL
FROM old_message;
INSERT INTO question (
    run, task, epoch, id, ordinal, asked_at, expires_at, text, kind, options, state, option,
    answer, answered_by, delivered_epoch
)
SELECT
    run, task, epoch, CAST(row_number() OVER this AS TEXT), row_number() OVER this, asked_at, NULL,
    text, '',
    (
        SELECT json_group_array(json_object('id', CAST(key + 1 AS TEXT), 'name', value, 'kind', ''))
        FROM json_each(old_question.options)
    ),
    CASE state WHEN 'answered' THEN 'delivered' ELSE state END, NULL, answer, '', NULL
FROM old_question
WINDOW this AS (PARTITION BY run, task ORDER BY asked_at, rowid);
UPDATE task SET questions = (
    SELECT count(*) FROM question
    WHERE question.run = task.run AND question.task = task.id AND question.state = 'open'
) WHERE kind = 'question' AND worker IS NOT NULL;

DROP TABLE old_message;
DROP TABLE old_question;
