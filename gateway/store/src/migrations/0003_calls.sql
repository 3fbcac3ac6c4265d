-- What happened: the journal, and what is folded from it. No foreign keys: history outlives what it names.

CREATE TABLE epochs (
    instance_id TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    last_seq BIGINT NOT NULL
);

CREATE TABLE journal (
    instance_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    call_id TEXT,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (instance_id, seq)
);
CREATE INDEX journal_by_call ON journal (instance_id, call_id, seq) WHERE call_id IS NOT NULL;
CREATE INDEX journal_ends ON journal (instance_id, call_id) WHERE kind = 'call_ended';
CREATE INDEX journal_by_time ON journal (instance_id, at_ms);

CREATE TABLE cursors (
    instance_id TEXT NOT NULL,
    name TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (instance_id, name)
);

CREATE TABLE call_records (
    instance_id TEXT NOT NULL,
    call_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    caller TEXT NOT NULL,
    called TEXT NOT NULL,
    caller_city TEXT NOT NULL,
    called_city TEXT NOT NULL,
    trunk TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    answered_ms BIGINT,
    established_ms BIGINT,
    ended_ms BIGINT NOT NULL,
    ivr_ms BIGINT NOT NULL,
    queue_ms BIGINT NOT NULL,
    ring_ms BIGINT NOT NULL,
    dial_ms BIGINT NOT NULL,
    talk_ms BIGINT NOT NULL,
    held_ms BIGINT NOT NULL,
    agents TEXT NOT NULL,
    skill_groups TEXT NOT NULL,
    disposition TEXT NOT NULL,
    ended_by TEXT NOT NULL,
    sip_status BIGINT,
    release_text TEXT NOT NULL,
    keys_pressed TEXT NOT NULL,
    transfers BIGINT NOT NULL,
    recorded BOOLEAN NOT NULL,
    timeline TEXT NOT NULL,
    PRIMARY KEY (instance_id, call_id)
);
CREATE INDEX call_records_by_start ON call_records (instance_id, started_ms, call_id);
CREATE INDEX call_records_by_caller ON call_records (instance_id, caller, started_ms);
CREATE INDEX call_records_by_called ON call_records (instance_id, called, started_ms);

CREATE TABLE call_agents (
    instance_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    call_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (instance_id, user_id, started_ms, call_id)
);
CREATE INDEX call_agents_by_call ON call_agents (instance_id, call_id);

CREATE TABLE call_groups (
    instance_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    call_id TEXT NOT NULL,
    PRIMARY KEY (instance_id, group_id, started_ms, call_id)
);
CREATE INDEX call_groups_by_call ON call_groups (instance_id, call_id);

CREATE TABLE agent_state_logs (
    instance_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    state TEXT NOT NULL,
    break_code TEXT NOT NULL,
    work_mode TEXT NOT NULL,
    PRIMARY KEY (instance_id, user_id, seq)
);
CREATE INDEX agent_state_logs_by_start ON agent_state_logs (instance_id, user_id, started_ms);

CREATE TABLE recordings (
    instance_id TEXT NOT NULL,
    call_id TEXT NOT NULL,
    file TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    gaps TEXT NOT NULL,
    ready BOOLEAN NOT NULL,
    PRIMARY KEY (instance_id, call_id)
);
