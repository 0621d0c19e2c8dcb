// Processes alone, for who has to name one beyond doubt: nothing of the SDK is loaded.

export { openProcessTable } from "./open-process-table.ts";
export {
  identifyProcess,
  isAlive,
  type ProcessEntry,
  type ProcessIdentity,
  type ProcessTable,
  signalVerified,
} from "./process-table.ts";
