CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE import (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  state    TEXT NOT NULL CHECK (state IN ('pending', 'committed', 'undone')),
  what     TEXT NOT NULL,
  files    TEXT NOT NULL, -- a JSON array
  digest   TEXT NOT NULL,
  rows     INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  created  INTEGER NOT NULL DEFAULT 0,
  started  INTEGER NOT NULL, -- times are microseconds since 1970
  ended    INTEGER
) STRICT;
CREATE INDEX import_digest ON import (digest) WHERE state = 'committed';

CREATE TABLE segment (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL COLLATE NOCASE UNIQUE,
  description TEXT NOT NULL,
  owner       TEXT NOT NULL,
  tags        TEXT NOT NULL, -- a JSON array
  subject     TEXT NOT NULL,
  source      TEXT NOT NULL CHECK (source IN ('rule', 'list', 'model')),
  created     INTEGER NOT NULL,
  updated     INTEGER NOT NULL
) STRICT;

CREATE TABLE version (
  segment    INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
  number     INTEGER NOT NULL,
  expression TEXT NOT NULL,
  author     TEXT NOT NULL,
  note       TEXT NOT NULL,
  saved      INTEGER NOT NULL,
  PRIMARY KEY (segment, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
  segment INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
  at      INTEGER NOT NULL,
  members BLOB NOT NULL,
  PRIMARY KEY (segment, at)
) STRICT;

CREATE TABLE run (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  segment INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
  version INTEGER NOT NULL,
  as_of   INTEGER NOT NULL,
  started INTEGER NOT NULL,
  seconds REAL NOT NULL,
  members INTEGER NOT NULL,
  joined  INTEGER NOT NULL,
  left_   INTEGER NOT NULL,
  error   TEXT NOT NULL,
  set_    BLOB -- the members of a run that succeeded
) STRICT;
CREATE INDEX run_segment ON run (segment, id);

CREATE TABLE list (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  vals TEXT NOT NULL -- a JSON array
) STRICT;

CREATE TABLE place (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  lat  INTEGER NOT NULL, -- degrees times 10⁷
  lon  INTEGER NOT NULL
) STRICT;
