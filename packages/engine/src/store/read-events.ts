import type { Database, Statement } from "bun:sqlite";
import type { EventQuery, EventRecord } from "../core/event-list.ts";
import { ulidFloor } from "../core/ulid.ts";

const COLUMNS = `internal_id AS internalId, id, name, ts_ms AS tsMs, received_at_ms AS receivedAtMs,
  payload_json AS payloadJson`;

const PAGE = `internal_id >= $from AND internal_id < $below ORDER BY internal_id DESC LIMIT $limit`;

/** The SQL of the lists of events, by name; a test asks SQLite how it would carry each out. */
export const eventListQueries = {
  ofName: `SELECT ${COLUMNS} FROM events WHERE name = $name AND ${PAGE}`,
  all: `SELECT ${COLUMNS} FROM events WHERE ${PAGE}`,
  // The condition is that of the index, word for word: SQLite uses it for no other.
  sent: `SELECT ${COLUMNS} FROM events INDEXED BY events_sent
    WHERE (name < 'inngest/' OR name >= 'inngest0') AND ${PAGE}`,
} as const;

/** After every ULID. */
const ID_LAST = "Z";

type PageValues = {
  readonly from: string;
  readonly below: string;
  readonly limit: number;
};

export class EventReads {
  readonly #find: Statement<EventRecord, [string]>;
  readonly #all: Statement<EventRecord, [PageValues]>;
  readonly #sent: Statement<EventRecord, [PageValues]>;
  readonly #ofName: Statement<EventRecord, [PageValues & { readonly name: string }]>;

  constructor(db: Database) {
    this.#find = db.query(`SELECT ${COLUMNS} FROM events WHERE internal_id = ?`);
    this.#all = db.query(eventListQueries.all);
    this.#sent = db.query(eventListQueries.sent);
    this.#ofName = db.query(eventListQueries.ofName);
  }

  find(internalId: string): EventRecord | null {
    return this.#find.get(internalId);
  }

  /** Newest first. An event's internal id carries the moment it was received. */
  load(query: EventQuery): readonly EventRecord[] {
    const { name, includesInternal, fromMs, untilMs, after, limit } = query;
    const until = untilMs === null ? ID_LAST : ulidFloor(untilMs);
    const page = {
      from: fromMs === null ? "" : ulidFloor(fromMs),
      below: after !== null && after < until ? after : until,
      limit,
    };
    if (name !== null) return this.#ofName.all({ ...page, name });
    return includesInternal ? this.#all.all(page) : this.#sent.all(page);
  }
}
