/** The APIs differ in how they wrap what they answer, errors above all; the path tells which it is. */
export type ApiFamily = "event" | "v1" | "v2" | "graphql";

export function apiFamilyOf(path: string): ApiFamily {
  if (path.startsWith("/api/v2/")) return "v2";
  if (path.startsWith("/e/") || path.startsWith("/invoke/")) return "event";
  return path === "/v0/gql" ? "graphql" : "v1";
}

/** A path as it may be logged: the event key is a secret. */
export function pathForLog(path: string): string {
  return path.startsWith("/e/") ? "/e/…" : path;
}
