CREATE TABLE discovery (
  name     TEXT PRIMARY KEY COLLATE NOCASE,
  document TEXT NOT NULL, -- JSON
  created  INTEGER NOT NULL
) STRICT;

CREATE TABLE model (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  document TEXT NOT NULL, -- JSON
  created  INTEGER NOT NULL
) STRICT;

-- Which segment of a model has which place in it.
CREATE TABLE model_segment (
  segment INTEGER PRIMARY KEY REFERENCES segment ON DELETE CASCADE,
  model   INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
  place   INTEGER NOT NULL
) STRICT;
