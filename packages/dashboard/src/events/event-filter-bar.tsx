import { replaceAddress } from "../routing/navigation.ts";
import { eventsPath } from "../routing/route.ts";
import { type EventFilter, writeEventFilter } from "./event-filter.ts";

export interface EventFilterBarProps {
  readonly filter: EventFilter;
  readonly names: readonly string[];
}

export function EventFilterBar({ filter, names }: EventFilterBarProps) {
  const show = (name: string) =>
    replaceAddress(eventsPath(writeEventFilter({ name: name.trim(), after: undefined })));
  return (
    <form
      class="filters"
      aria-label="Filter the events"
      onSubmit={(event) => event.preventDefault()}
    >
      <label class="choice">
        <span class="unseen">Event name</span>
        <input
          type="search"
          class="code"
          list="event-filter-names"
          value={filter.name}
          placeholder="Filter by exact name"
          autocomplete="off"
          spellcheck={false}
          onChange={(event) => show(event.currentTarget.value)}
        />
      </label>
      <datalist id="event-filter-names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {filter.name !== "" && (
        <a class="clear" href={eventsPath()}>
          Clear
        </a>
      )}
    </form>
  );
}
