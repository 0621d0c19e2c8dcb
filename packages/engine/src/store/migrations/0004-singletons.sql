-- Which run holds a singleton function's key. A row whose run has ended says nothing any more and may go.
CREATE TABLE singletons (
  -- Function, option and evaluated key.
  name TEXT PRIMARY KEY,
  run_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

UPDATE apps SET checksum = '';
