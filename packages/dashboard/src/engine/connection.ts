import { signal } from "@preact/signals";
import { type Failure, readFailure } from "./failure.ts";

/** Whether the engine answers. One for the page, whatever it is that was asked last. */
export type Connection =
  | { readonly state: "unknown" }
  | { readonly state: "live" }
  | { readonly state: "lost"; readonly retryAtMs: number };

export const connection = signal<Connection>({ state: "unknown" });

export function noteAnswer(): void {
  if (connection.value.state !== "live") connection.value = { state: "live" };
}

/** Any answer but none shows that the engine is there. Without a session the person has to log in. */
export function noteFailure(error: unknown, retryAtMs: number): Failure {
  const failure = readFailure(error);
  if (failure.code === "unreachable") connection.value = { state: "lost", retryAtMs };
  else noteAnswer();
  if (failure.code === "unauthorized") location.assign(loginAddress(location));
  return failure;
}

/** Where one logs in, and comes back from to the page that one was on. */
export function loginAddress(place: Pick<Location, "pathname" | "search">): string {
  return `/login?next=${encodeURIComponent(`${place.pathname}${place.search}`)}`;
}
