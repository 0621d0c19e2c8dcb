export type { JournalEntry, SentEvent } from "./journal-record.ts";
export { loadJournal } from "./load-journal.ts";
export { createSentEvents, type SentEvents, type SentEventsOptions } from "./sent-events.ts";
