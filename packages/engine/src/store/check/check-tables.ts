import { Database } from "bun:sqlite";
import { migrateTo, readSchemaVersion } from "../migrate.ts";
import { type TableRule, tableRules } from "./table-rules.ts";

/** Something that is not as the engine relies on. */
export interface Finding {
  readonly rule: string;
  readonly meaning: string;
  /** Rows, by their ids, or what SQLite says of them: the first few. */
  readonly ids: readonly string[];
  readonly count: number;
  /** Whether `repairTables` puts it right. */
  readonly isRepairable: boolean;
}

const IDS_MAX = 20;

/** Each part of a check by its name, so that whoever runs it can tell how far it is and stop between. */
export interface CheckPart {
  readonly name: string;
  run(): readonly Finding[];
}

/** What SQLite itself knows to check, table by table, and that the tables are those of the release. */
export function fileParts(db: Database): readonly CheckPart[] {
  const tables = db
    .query<{ name: string }, []>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    )
    .all();
  return [
    { name: "tables of the release", run: () => checkSchema(db) },
    ...tables.map(({ name }) => ({
      name: `table ${name}`,
      run: () => checkIntegrity(db, name),
    })),
    { name: "references", run: () => checkReferences(db) },
  ];
}

/** What holds between the rows. */
export function ruleParts(db: Database, nowMs: number): readonly CheckPart[] {
  const version = readSchemaVersion(db);
  return tableRules
    .filter(({ since }) => since <= version)
    .map((rule) => ({ name: rule.name, run: () => applyRule(db, rule, nowMs) }));
}

/** All of `ruleParts` at once; for tests and small databases. */
export function checkTables(db: Database, nowMs = 0): readonly Finding[] {
  return ruleParts(db, nowMs).flatMap((part) => part.run());
}

export interface Repair {
  readonly rule: string;
  readonly count: number;
}

/** Puts right what can only be put right in one way; in one transaction. */
export function repairTables(db: Database, nowMs: number): readonly Repair[] {
  const repairAll = db.transaction(() =>
    tableRules.flatMap((rule): Repair[] => {
      if (rule.repair === undefined) return [];
      const { changes } = db.query(rule.repair).run(...valuesFor(rule.repair, nowMs));
      return changes > 0 ? [{ rule: rule.name, count: changes }] : [];
    }),
  );
  return repairAll.immediate();
}

function applyRule(db: Database, rule: TableRule, nowMs: number): readonly Finding[] {
  const values = valuesFor(rule.select, nowMs);
  const first = db.query(`SELECT id FROM (${rule.select}) LIMIT ${IDS_MAX}`).values(...values);
  if (first.length === 0) return [];
  const [[count] = []] = db.query(`SELECT count(*) FROM (${rule.select})`).values(...values);
  return [
    {
      rule: rule.name,
      meaning: rule.meaning,
      ids: first.map(([id]) => String(id)),
      count: Number(count),
      isRepairable: rule.repair !== undefined,
    },
  ];
}

function checkSchema(db: Database): readonly Finding[] {
  const fresh = new Database(":memory:", { strict: true });
  try {
    migrateTo(fresh, readSchemaVersion(db));
    const wanted = readSchema(fresh);
    const found = readSchema(db);
    const names = new Set([...wanted.keys(), ...found.keys()]);
    const ids = [...names].filter((name) => wanted.get(name) !== found.get(name));
    const meaning = "The table or index is not that of the release. Restore a backup.";
    return finding("schema-differs", meaning, ids);
  } finally {
    fresh.close();
  }
}

function readSchema(db: Database): ReadonlyMap<string, string> {
  const rows = db
    .query<{ name: string; sql: string }, []>(
      "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  return new Map(rows.map(({ name, sql }) => [name, sql]));
}

function checkIntegrity(db: Database, table: string): readonly Finding[] {
  const quoted = `'${table.replaceAll("'", "''")}'`;
  const lines = db.query(`PRAGMA integrity_check(${quoted})`).values();
  const ids = lines.map(([line]) => String(line)).filter((line) => line !== "ok");
  return finding("file-damaged", "The file's content is damaged. Restore a backup.", ids);
}

function checkReferences(db: Database): readonly Finding[] {
  const rows = db.query<{ table: string; parent: string }, []>("PRAGMA foreign_key_check").all();
  const ids = rows.map(({ table, parent }) => `${table} to ${parent}`);
  return finding("reference-broken", "Rows name others that are gone. Restore a backup.", ids);
}

function finding(rule: string, meaning: string, ids: readonly string[]): readonly Finding[] {
  if (ids.length === 0) return [];
  const first = [...new Set(ids)].slice(0, IDS_MAX);
  return [{ rule, meaning, ids: first, count: ids.length, isRepairable: false }];
}

/** bun:sqlite refuses values that a statement has no place for. */
function valuesFor(sql: string, nowMs: number): [] | [{ nowMs: number }] {
  return sql.includes("$nowMs") ? [{ nowMs }] : [];
}
