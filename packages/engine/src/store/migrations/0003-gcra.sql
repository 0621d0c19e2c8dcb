-- Rate limits: how far ahead of the present a limit's key has been used up. A moment that has passed says
-- nothing any more, and its row may go.
CREATE TABLE gcra_marks (
  -- Function, option and evaluated key.
  name TEXT PRIMARY KEY,
  -- GCRA's "theoretical arrival time"; fractions of a millisecond count.
  used_until_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX gcra_marks_by_time ON gcra_marks (used_until_ms);

UPDATE apps SET checksum = '';
