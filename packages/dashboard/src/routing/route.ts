// The page's addresses. Each is readable, can be kept as a bookmark, and lies outside of what the
// engine answers (/api, /v0, /v1, /e, /dev, /health, /fn, /login): `index.ts` has the list.

export type Route =
  | { readonly page: "runs"; readonly search: string }
  | { readonly page: "run"; readonly runId: string }
  | { readonly page: "functions" }
  | { readonly page: "function"; readonly appId: string; readonly functionId: string }
  | { readonly page: "events"; readonly search: string }
  | { readonly page: "event"; readonly eventId: string }
  | { readonly page: "send"; readonly search: string }
  | { readonly page: "nowhere"; readonly path: string };

/** What an address shows. `search` is the part after the path, with its `?`, or empty. */
export function readRoute(path: string, search: string): Route {
  const parts = readParts(path);
  if (parts === undefined) return { page: "nowhere", path };
  const [area = "runs", first, second, ...rest] = parts;
  if (rest.length > 0) return { page: "nowhere", path };
  if (first === undefined) return readAreaRoute(area, path, search);
  if (second !== undefined) {
    return area === "functions"
      ? { page: "function", appId: first, functionId: second }
      : { page: "nowhere", path };
  }
  if (area === "runs") return { page: "run", runId: first };
  if (area === "events") return { page: "event", eventId: first };
  return { page: "nowhere", path };
}

function readAreaRoute(area: string, path: string, search: string): Route {
  switch (area) {
    case "runs":
    case "events":
    case "send":
      return { page: area, search };
    case "functions":
      return { page: "functions" };
    default:
      return { page: "nowhere", path };
  }
}

function readParts(path: string): readonly string[] | undefined {
  try {
    return path
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

export const runsPath = (search = "") => `/runs${search}`;
export const runPath = (runId: string) => `/runs/${encodeURIComponent(runId)}`;
export const functionsPath = "/functions";
export const functionPath = (appId: string, functionId: string) =>
  `/functions/${encodeURIComponent(appId)}/${encodeURIComponent(functionId)}`;
export const eventsPath = (search = "") => `/events${search}`;
export const eventPath = (eventId: string) => `/events/${encodeURIComponent(eventId)}`;

/** The page that sends an event, with the name filled in, and the data of an earlier event. */
export function sendPath(draft: { readonly name?: string; readonly from?: string } = {}): string {
  const parameters = new URLSearchParams(
    Object.entries(draft).filter(([, value]) => value !== ""),
  ).toString();
  return parameters === "" ? "/send" : `/send?${parameters}`;
}
