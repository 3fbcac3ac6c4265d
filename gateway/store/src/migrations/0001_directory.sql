-- What the people who run a centre configure. One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN, no more.

CREATE TABLE instances (
    instance_id TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    description TEXT NOT NULL,
    zone TEXT NOT NULL,
    next_extension BIGINT NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE users (
    instance_id TEXT NOT NULL REFERENCES instances (instance_id),
    user_id TEXT NOT NULL,
    login_name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    nickname TEXT NOT NULL,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    display_id TEXT NOT NULL,
    avatar_url TEXT NOT NULL,
    role TEXT NOT NULL,
    work_mode TEXT NOT NULL,
    extension TEXT NOT NULL,
    password_hash TEXT,
    must_change_password BOOLEAN NOT NULL,
    wrong_passwords BIGINT NOT NULL,
    wrong_password_ms BIGINT,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (instance_id, user_id),
    UNIQUE (instance_id, login_name),
    UNIQUE (instance_id, extension)
);

CREATE TABLE skill_groups (
    instance_id TEXT NOT NULL REFERENCES instances (instance_id),
    group_id TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    description TEXT NOT NULL,
    media_type TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (instance_id, group_id)
);

CREATE TABLE user_skill_levels (
    instance_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 10),
    PRIMARY KEY (instance_id, user_id, group_id),
    FOREIGN KEY (instance_id, user_id) REFERENCES users (instance_id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (instance_id, group_id) REFERENCES skill_groups (instance_id, group_id) ON DELETE CASCADE
);
CREATE INDEX user_skill_levels_by_group ON user_skill_levels (instance_id, group_id, user_id);

CREATE TABLE flows (
    instance_id TEXT NOT NULL REFERENCES instances (instance_id),
    flow_id TEXT NOT NULL,
    name TEXT NOT NULL,
    flow_type TEXT NOT NULL,
    description TEXT NOT NULL,
    definition TEXT NOT NULL,
    draft_id TEXT NOT NULL,
    editor TEXT,
    published_definition TEXT,
    published_ms BIGINT,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (instance_id, flow_id)
);

CREATE TABLE numbers (
    instance_id TEXT NOT NULL REFERENCES instances (instance_id),
    number TEXT NOT NULL,
    typed TEXT NOT NULL,
    usage TEXT NOT NULL,
    flow_id TEXT,
    route_group_id TEXT,
    cap BIGINT,
    city TEXT NOT NULL,
    province TEXT NOT NULL,
    trunk TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (instance_id, number),
    FOREIGN KEY (instance_id, flow_id) REFERENCES flows (instance_id, flow_id),
    FOREIGN KEY (instance_id, route_group_id) REFERENCES skill_groups (instance_id, group_id)
);
CREATE INDEX numbers_by_flow ON numbers (instance_id, flow_id);
CREATE INDEX numbers_by_route_group ON numbers (instance_id, route_group_id);

CREATE TABLE number_groups (
    instance_id TEXT NOT NULL,
    number TEXT NOT NULL,
    group_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (instance_id, number, group_id),
    FOREIGN KEY (instance_id, number) REFERENCES numbers (instance_id, number) ON DELETE CASCADE,
    FOREIGN KEY (instance_id, group_id) REFERENCES skill_groups (instance_id, group_id) ON DELETE CASCADE
);
CREATE INDEX number_groups_by_group ON number_groups (instance_id, group_id, position);

CREATE TABLE config_items (
    instance_id TEXT NOT NULL REFERENCES instances (instance_id),
    object_type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (instance_id, object_type, object_id, name)
);
