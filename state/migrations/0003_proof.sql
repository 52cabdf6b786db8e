-- Traits without dates that people say do not change with time.
CREATE TABLE timeless (
  kind TEXT NOT NULL CHECK (kind IN ('person', 'company')),
  name TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE proof (
  name     TEXT PRIMARY KEY COLLATE NOCASE,
  document TEXT NOT NULL, -- JSON
  created  INTEGER NOT NULL
) STRICT;

-- What the people who work with a segment say of it.
CREATE TABLE feedback (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  segment   INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
  criterion TEXT NOT NULL, -- "" for the segment as a whole
  verdict   TEXT NOT NULL,
  note      TEXT NOT NULL,
  author    TEXT NOT NULL,
  given     INTEGER NOT NULL
) STRICT;
CREATE INDEX feedback_segment ON feedback (segment, id);
