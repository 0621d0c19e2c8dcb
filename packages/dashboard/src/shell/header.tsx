import { connection } from "../engine/connection.ts";
import { currentRoute } from "../routing/navigation.ts";
import { eventsPath, functionsPath, type Route, runsPath, sendPath } from "../routing/route.ts";

interface Area {
  readonly name: string;
  readonly address: string;
  readonly pages: readonly Route["page"][];
}

const AREAS: readonly Area[] = [
  { name: "Runs", address: runsPath(), pages: ["runs", "run"] },
  { name: "Functions", address: functionsPath, pages: ["functions", "function"] },
  { name: "Events", address: eventsPath(), pages: ["events", "event"] },
];

export function Header() {
  const { page } = currentRoute.value;
  return (
    <header class="top">
      <div class="top-inner">
        <a class="brand" href={runsPath()} aria-label="System Bus, to the runs">
          <Mark />
          <span class="brand-name">System Bus</span>
        </a>
        <nav aria-label="Areas">
          {AREAS.map(({ name, address, pages }) => (
            <a key={name} href={address} aria-current={pages.includes(page) ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <ConnectionDot />
        <a class="button button-main send" href={sendPath()}>
          Send<span class="send-rest"> event</span>
        </a>
      </div>
    </header>
  );
}

/** A bus: one line, and what listens on it. */
function Mark() {
  return (
    <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 12h20M7 12V6m5 6v7m5-7V6" />
      <circle cx="7" cy="5" r="2.2" />
      <circle cx="12" cy="19.4" r="2.2" />
      <circle cx="17" cy="5" r="2.2" />
    </svg>
  );
}

function ConnectionDot() {
  const { state } = connection.value;
  const word = state === "live" ? "Live" : state === "lost" ? "Not reachable" : "Connecting";
  return (
    <span class={`connection connection-${state}`} title={`Engine: ${word.toLowerCase()}`}>
      <span class="dot" aria-hidden="true" />
      <span class="connection-word">{word}</span>
    </span>
  );
}
