import { type BusClient, busEvents } from "@system-bus/events";
import {
  type AppendOutcome,
  appendLine,
  type LogEntry,
  SystemLogError,
} from "@system-bus/system-log";
import { type InngestFunction, NonRetriableError } from "inngest";
import { type LoggedEvent, logEntryFor, loggedEventNames } from "./log-entry-for.ts";

export interface SystemLoggerDeps {
  readonly logFile: string;
  /** Told of each line, so that the health check can see a log that stands still. */
  readonly onAppended: (entry: LogEntry) => void;
}

/** Hears every milestone of the pipelines and writes it into the one log. One event, one line. */
export function systemLogger(client: BusClient, deps: SystemLoggerDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: "system-logger",
      triggers: loggedEventNames.map((name) => busEvents[name]),
      retries: 4,
    },
    async ({ event, step }) => {
      const { id, ts } = event;
      const outcome = await step.run("append", () => {
        // The triggers name exactly these events, and the SDK has checked the data against their schemas.
        const logged = event as LoggedEvent;
        return append(deps, {
          timestamp: new Date(ts ?? 0).toISOString(),
          ...logEntryFor(logged),
          ...(id === undefined ? {} : { eventId: id }),
        });
      });
      return { outcome };
    },
  );
}

function append({ logFile, onAppended }: SystemLoggerDeps, entry: LogEntry): AppendOutcome {
  try {
    const outcome = appendLine(logFile, entry);
    onAppended(entry);
    return outcome;
  } catch (error) {
    // The same entry would be refused again; a vault that can't be written may come back.
    if (error instanceof SystemLogError && error.code === "ENTRY_INVALID") {
      throw new NonRetriableError(error.message, { cause: error });
    }
    throw error;
  }
}
