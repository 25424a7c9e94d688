CREATE TABLE breaker (
    run TEXT NOT NULL,
    profile TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    trips INTEGER NOT NULL,
    until REAL,
    PRIMARY KEY (run, profile)
);
