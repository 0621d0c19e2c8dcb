-- `cancelOn`: a wait may cancel its run instead of ending a step, and then expires by itself.

ALTER TABLE waits ADD COLUMN purpose TEXT NOT NULL DEFAULT 'step';
ALTER TABLE waits ADD COLUMN expires_at_ms INTEGER;

-- Functions that asked for more than the last release had are read again at their app's next sync.
UPDATE apps SET checksum = '';
