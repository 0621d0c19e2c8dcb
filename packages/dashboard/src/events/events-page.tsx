import { type Page, type ReceivedEvent, readTime, updateTopics } from "@system-bus/inngest-api";
import { useEngine } from "../engine/engine.ts";
import { useFunctions } from "../functions/use-functions.ts";
import { useLive } from "../live/use-live.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { LiveState } from "../parts/live-state.tsx";
import { Moment } from "../parts/moment.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Pager } from "../parts/pager.tsx";
import { eventPath, eventsPath, sendPath } from "../routing/route.ts";
import { previewValue } from "../values/value-text.ts";
import {
  type EventFilter,
  eventQueryOf,
  readEventFilter,
  writeEventFilter,
} from "./event-filter.ts";
import { EventFilterBar } from "./event-filter-bar.tsx";
import { sendableNames } from "./event-names.ts";

const DELAY_MS = 1_000;
const PREVIEW_CHARS_MAX = 160;

export function EventsPage({ search }: { readonly search: string }) {
  const engine = useEngine();
  const filter = readEventFilter(search);
  const registered = useFunctions().value.value;
  const events = useLive<Page<ReceivedEvent>>({
    key: search,
    load: (signal) => engine.listEvents({ ...eventQueryOf(filter), signal }),
    delayMs: () => DELAY_MS,
    updates: updateTopics.ofAllEvents,
  });
  return (
    <>
      <PageHead title="Events" />
      <EventFilterBar filter={filter} names={sendableNames(registered?.functions ?? [])} />
      <LiveState live={events}>{(page) => <Listed page={page} filter={filter} />}</LiveState>
    </>
  );
}

interface ListedProps {
  readonly page: Page<ReceivedEvent>;
  readonly filter: EventFilter;
}

function Listed({ page, filter }: ListedProps) {
  const addressAfter = (after: string | undefined) =>
    eventsPath(writeEventFilter({ ...filter, after }));
  return (
    <>
      {page.items.length === 0 ? <NoEvents filter={filter} /> : <EventTable events={page.items} />}
      <Pager
        what="events"
        newest={filter.after === undefined ? undefined : addressAfter(undefined)}
        older={page.cursor === undefined ? undefined : addressAfter(page.cursor)}
      />
    </>
  );
}

function NoEvents({ filter }: { readonly filter: EventFilter }) {
  if (filter.after !== undefined) return <EmptyState title="No older events">{null}</EmptyState>;
  if (filter.name !== "") {
    return (
      <EmptyState title="No such event yet">
        <p>
          Nothing named <code>{filter.name}</code> has arrived.{" "}
          <a href={sendPath({ name: filter.name })}>Send one</a> or{" "}
          <a href={eventsPath()}>show all events</a>.
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No events yet">
      <p>Everything begins with an event. Send the first one here, or from a terminal:</p>
      <pre class="command">igs send pipeline/video.download --url https://…</pre>
      <p class="empty-actions">
        <a class="button button-main" href={sendPath()}>
          Send an event
        </a>
      </p>
    </EmptyState>
  );
}

function EventTable({ events }: { readonly events: readonly ReceivedEvent[] }) {
  return (
    <div class="panel">
      <table class="rows events">
        <caption class="unseen">Events, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col" class="column-when">
              Received
            </th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.internalId}>
              <td class="column-main">
                <a class="row-link" href={eventPath(event.internalId)}>
                  {event.name}
                </a>
                <code class="row-preview">{previewValue(event.data, PREVIEW_CHARS_MAX)}</code>
              </td>
              <td class="column-when">
                <Moment atMs={readTime(event.receivedAt)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
