-- What an app said at each sync that changed something; the newest of each app are kept.

CREATE TABLE syncs (
  id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  url TEXT NOT NULL,
  framework TEXT NOT NULL,
  sdk_language TEXT NOT NULL,
  sdk_version TEXT NOT NULL,
  function_count INTEGER NOT NULL,
  synced_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX syncs_by_app ON syncs (app_id, id);
