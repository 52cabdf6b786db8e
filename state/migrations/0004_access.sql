CREATE TABLE user (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  name      TEXT NOT NULL,
  folded    TEXT NOT NULL UNIQUE, -- the name without regard to case
  role      TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  password  TEXT NOT NULL, -- a hash; empty until the invitation is accepted
  inactive  INTEGER NOT NULL DEFAULT 0,
  created   INTEGER NOT NULL,
  signed_in INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE session (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  user    INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  hash    BLOB NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  seen    INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent   TEXT NOT NULL
) STRICT;
CREATE INDEX session_user ON session (user);

CREATE TABLE token (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  user    INTEGER REFERENCES user ON DELETE CASCADE, -- absent: the owner of the directory
  name    TEXT NOT NULL,
  hash    BLOB NOT NULL UNIQUE,
  start   TEXT NOT NULL,
  role    TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  scopes  TEXT NOT NULL, -- a JSON array, or null for all
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE link (
  hash    BLOB PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('first', 'invite', 'reset')),
  user    INTEGER REFERENCES user ON DELETE CASCADE,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  via     TEXT NOT NULL,
  token   TEXT NOT NULL,
  address TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  result  TEXT NOT NULL -- empty until the act has ended
) STRICT;

-- The log is only added to: an entry gets its result once and stays.
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;
CREATE TRIGGER audit_as_it_was BEFORE UPDATE ON audit
WHEN OLD.result <> '' OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor OR NEW.via <> OLD.via
  OR NEW.token <> OLD.token OR NEW.address <> OLD.address OR NEW.action <> OLD.action
BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;

-- Keys that kreds makes for itself.
CREATE TABLE secret (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
