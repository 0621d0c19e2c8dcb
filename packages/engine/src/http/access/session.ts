// The session of a person who logged in: a cookie that says until when, signed with the signing key.
//
// Invariants:
//   N1. Nothing is stored: a session ends at its time, or when the key that signed it is no longer set.
//   N2. The cookie's key is derived, so that no signature of a call or an answer is ever one of a session.
//   N3. Signatures are compared in constant time.

import { createHmac, timingSafeEqual } from "node:crypto";

const COOKIE = "system_bus_session";
const LIFETIME_SECONDS = 7 * 24 * 60 * 60;
const VALUE_PATTERN = /^(\d{1,12})\.([0-9a-f]{64})$/;

export interface SessionKeys {
  /** The first one signs; each is good for a session made before. */
  readonly signingKeys: readonly string[];
  readonly nowMs: () => number;
}

/** The `set-cookie` of a new session. `isSecure`: the person's browser speaks https. */
export function beginSession({ signingKeys, nowMs }: SessionKeys, isSecure: boolean): string {
  const endsAtSeconds = Math.floor(nowMs() / 1_000) + LIFETIME_SECONDS;
  const value = `${endsAtSeconds}.${sign(signingKeys[0] ?? "", endsAtSeconds)}`;
  return cookie(value, LIFETIME_SECONDS, isSecure);
}

/** The `set-cookie` that makes a browser forget its session. */
export function endSession(isSecure: boolean): string {
  return cookie("", 0, isSecure);
}

export function hasSession(cookies: string | null, { signingKeys, nowMs }: SessionKeys): boolean {
  const [, seconds, signature] = VALUE_PATTERN.exec(findCookie(cookies)) ?? [];
  if (seconds === undefined || signature === undefined) return false;
  const endsAtSeconds = Number(seconds);
  if (endsAtSeconds * 1_000 <= nowMs()) return false;
  const given = Buffer.from(signature);
  return signingKeys.some((key) => timingSafeEqual(given, Buffer.from(sign(key, endsAtSeconds))));
}

function sign(signingKey: string, endsAtSeconds: number): string {
  const key = createHmac("sha256", signingKey).update("system-bus session").digest();
  return createHmac("sha256", key).update(String(endsAtSeconds)).digest("hex");
}

function cookie(value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
  return `${COOKIE}=${value}; ${attributes}${isSecure ? "; Secure" : ""}`;
}

function findCookie(cookies: string | null): string {
  for (const pair of (cookies ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === COOKIE) return value ?? "";
  }
  return "";
}
