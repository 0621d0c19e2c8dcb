export {
  BUS_APP_ID,
  type BusClient,
  type BusClientOptions,
  type BusLogger,
  createBusClient,
} from "./bus-client.ts";
export {
  type BusEvent,
  busEvents,
  catalogue,
  type EventFields,
  type EventName,
  findEvent,
} from "./catalogue.ts";
export type { CatalogueEntry, EventArea } from "./catalogue-entry.ts";
export { type NameWarning, unknownNameMessage } from "./check-sent-events.ts";
export { closeMatches } from "./close-matches.ts";
export { EventError, type EventErrorCode } from "./event-error.ts";
export { eventJsonSchema } from "./event-json-schema.ts";
export { type DataProblem, findProblems, formatProblems } from "./find-problems.ts";
export { type ParsedEvent, parseEvent } from "./parse-event.ts";
export { prd as PrdSchema } from "./prd.ts";
