-- What all runs of one user on one host share: how much each provider's lane lets through.
-- Times are UTC seconds, money micro-dollars, memory MiB.

CREATE TABLE lane (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    until DOUBLE PRECISION,
    capacity BIGINT,
    bucket DOUBLE PRECISION NOT NULL,
    bucket_at DOUBLE PRECISION NOT NULL,
    shrunk_at DOUBLE PRECISION,
    quiet_since DOUBLE PRECISION,
    wait DOUBLE PRECISION NOT NULL,
    faults BIGINT NOT NULL,
    written_at DOUBLE PRECISION NOT NULL,
    actor TEXT NOT NULL
);

CREATE TABLE permit (
    number BIGINT NOT NULL,
    lane TEXT NOT NULL,
    repo TEXT NOT NULL,
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    memory BIGINT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    pid BIGINT NOT NULL,
    host TEXT NOT NULL,
    boot TEXT NOT NULL,
    pid_started TEXT NOT NULL,
    PRIMARY KEY (number)
);

-- numbers of permits that were given out, so that none is given twice
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- what the attempts of a lane have used on one day, by UTC; null where none of them told
CREATE TABLE spent (
    lane TEXT NOT NULL,
    day TEXT NOT NULL,
    input_tokens BIGINT,
    cached_tokens BIGINT,
    output_tokens BIGINT,
    reasoning_tokens BIGINT,
    requests BIGINT,
    cost_microusd BIGINT,
    unknown BIGINT NOT NULL,
    PRIMARY KEY (lane, day)
);
