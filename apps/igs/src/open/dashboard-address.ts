/** What is to be seen in the dashboard. */
export type Sight =
  | { readonly kind: "all" }
  | { readonly kind: "run"; readonly runId: string }
  | { readonly kind: "event"; readonly eventId: string }
  | { readonly kind: "function"; readonly appId: string; readonly functionId: string };

/**
 * Where a dashboard shows it. The embedded engine's has an address for each thing; of Inngest's own a run's
 * was not tried on a real server, and for the rest it is the list.
 */
export function dashboardAddress(
  engineUrl: string,
  engine: "embedded" | "inngest",
  sight: Sight,
): string {
  const base = browserBase(engineUrl);
  return new URL(engine === "embedded" ? ownPath(sight) : inngestPath(sight), base).href;
}

function ownPath(sight: Sight): string {
  switch (sight.kind) {
    case "all":
      return "/";
    case "run":
      return `/runs/${encodeURIComponent(sight.runId)}`;
    case "event":
      return `/events/${encodeURIComponent(sight.eventId)}`;
    case "function":
      return `/functions/${encodeURIComponent(sight.appId)}/${encodeURIComponent(sight.functionId)}`;
  }
}

function inngestPath(sight: Sight): string {
  switch (sight.kind) {
    case "all":
      return "/";
    case "run":
      return `/run?runID=${encodeURIComponent(sight.runId)}`;
    case "event":
      return "/events";
    case "function":
      return "/functions";
  }
}

/** As people know it; a page's storage and login go by the name. */
function browserBase(engineUrl: string): string {
  const url = new URL(engineUrl);
  if (url.hostname === "127.0.0.1") url.hostname = "localhost";
  return url.href;
}
