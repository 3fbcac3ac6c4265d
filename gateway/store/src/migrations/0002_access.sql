-- Who may come in: sessions of people, secrets of programs, and what both did.

CREATE TABLE store_facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    instance_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    revoked_ms BIGINT,
    FOREIGN KEY (instance_id, user_id) REFERENCES users (instance_id, user_id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON sessions (instance_id, user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE secrets (
    instance_id TEXT NOT NULL REFERENCES instances (instance_id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    user_id TEXT,
    sealed TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (instance_id, kind, name),
    FOREIGN KEY (instance_id, user_id) REFERENCES users (instance_id, user_id) ON DELETE CASCADE
);
-- A program shows its access key before it says which instance it means.
CREATE UNIQUE INDEX secrets_access_keys ON secrets (name) WHERE kind = 'access_key';
CREATE INDEX secrets_by_user ON secrets (instance_id, user_id);

CREATE TABLE audit_log (
    instance_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    door TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (instance_id, entry_id)
);
CREATE INDEX audit_log_by_time ON audit_log (instance_id, at_ms);
