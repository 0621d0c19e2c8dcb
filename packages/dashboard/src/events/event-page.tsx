import {
  hasEnded,
  type ReceivedEvent,
  type Run,
  readTime,
  type SpanError,
  updateTopics,
} from "@system-bus/inngest-api";
import { useEngine } from "../engine/engine.ts";
import { useFunctions } from "../functions/use-functions.ts";
import { useLive } from "../live/use-live.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Fact } from "../parts/fact.tsx";
import { LiveState } from "../parts/live-state.tsx";
import { Moment } from "../parts/moment.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { eventsPath, sendPath } from "../routing/route.ts";
import { RunTable } from "../runs/run-table.tsx";
import { ValueView } from "../values/value-view.tsx";
import { isSendable } from "./event-names.ts";
import { Listeners } from "./listeners.tsx";

interface EventDetail {
  readonly event: ReceivedEvent;
  readonly runs: readonly Run[];
}

const DELAY_MS = 1_000;
/** An event keeps its runs, once all have ended; only a rerun adds one. */
const ENDED_DELAY_MS = 15_000;
/** Any run may be one of this event: a batch is told with the first of its events alone. */
const REST_MS = 500;
const NO_ERRORS: ReadonlyMap<string, SpanError> = new Map();

export function EventPage({ eventId }: { readonly eventId: string }) {
  const engine = useEngine();
  const live = useLive<EventDetail>({
    key: eventId,
    load: async (signal) => {
      const [event, runs] = await Promise.all([
        engine.getEvent(eventId, { signal }),
        engine.getEventRuns(eventId, { signal }),
      ]);
      return { event, runs };
    },
    delayMs: ({ runs }) =>
      runs.length > 0 && runs.every(({ status }) => hasEnded(status)) ? ENDED_DELAY_MS : DELAY_MS,
    restMs: () => REST_MS,
    updates: updateTopics.ofAllRuns,
  });
  const event = live.value.value?.event;
  return (
    <>
      <PageHead title={event?.name ?? "Event"} within={{ name: "Events", address: eventsPath() }}>
        {event && isSendable(event.name) && (
          <a class="button" href={sendPath({ from: event.internalId })}>
            Send again
          </a>
        )}
      </PageHead>
      <LiveState live={live} missing={`The engine knows no event ${eventId}.`}>
        {(detail) => <Detail {...detail} />}
      </LiveState>
    </>
  );
}

function Detail({ event, runs }: EventDetail) {
  return (
    <>
      <dl class="facts">
        <Fact name="Received">
          <Moment atMs={readTime(event.receivedAt)} />
        </Fact>
        {event.id !== event.internalId && (
          <Fact name="Sender's id">
            <code>{event.id}</code>
          </Fact>
        )}
        <Fact name="Event id">
          <code>{event.internalId}</code> <CopyButton text={event.internalId} what="event id" />
        </Fact>
      </dl>
      <h2>Runs</h2>
      {runs.length === 0 ? (
        <NoRuns name={event.name} />
      ) : (
        <RunTable caption={`Runs that ${event.name} started`} runs={runs} errors={NO_ERRORS} />
      )}
      <ValueView label="Data" value={event.data} />
    </>
  );
}

function NoRuns({ name }: { readonly name: string }) {
  const registered = useFunctions().value.value;
  return (
    <>
      <p class="quiet">This event has started no run.</p>
      {registered && <Listeners functions={registered.functions} name={name} />}
    </>
  );
}
