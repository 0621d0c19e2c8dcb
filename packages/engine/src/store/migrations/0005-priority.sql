-- A run's place in line where its function gives it a priority: its id, with the time moved by it.
ALTER TABLE runs ADD COLUMN rank TEXT;

UPDATE apps SET checksum = '';
