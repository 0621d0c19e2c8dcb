import { describe, expect, test } from "bun:test";
import { beginSession, endSession, hasSession } from "./session.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const OTHER_KEY = "fedcba9876543210fedcba9876543210";
const START_MS = Date.UTC(2026, 10, 21, 2);
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

const at = (nowMs: number, ...signingKeys: string[]) => ({ signingKeys, nowMs: () => nowMs });
const cookieOf = (setCookie: string): string => setCookie.split(";")[0] ?? "";

describe("a session", () => {
  const begun = beginSession(at(START_MS, KEY), false);
  const cookie = cookieOf(begun);

  test("holds for a week", () => {
    expect(hasSession(cookie, at(START_MS, KEY))).toBe(true);
    expect(hasSession(cookie, at(START_MS + WEEK_MS - 1, KEY))).toBe(true);
    expect(hasSession(cookie, at(START_MS + WEEK_MS, KEY))).toBe(false);
  });

  test("holds while the key that signed it is the fallback, and no longer (N1)", () => {
    expect(hasSession(cookie, at(START_MS, OTHER_KEY, KEY))).toBe(true);
    expect(hasSession(cookie, at(START_MS, OTHER_KEY))).toBe(false);
    expect(hasSession(cookie, at(START_MS))).toBe(false);
  });

  test("is found among other cookies", () => {
    expect(hasSession(`a=b; ${cookie}; c=d`, at(START_MS, KEY))).toBe(true);
    expect(hasSession(`not_${cookie}`, at(START_MS, KEY))).toBe(false);
  });

  test("cannot be made longer", () => {
    const [name, seconds, signature] = cookie.split(/[=.]/);
    const longer = `${name}=${Number(seconds) + 1}.${signature}`;
    expect(hasSession(longer, at(START_MS, KEY))).toBe(false);
  });

  test.each([null, "", "system_bus_session=", "system_bus_session=1.2", "system_bus_session=x.y"])(
    "is none in %p",
    (text) => {
      expect(hasSession(text, at(START_MS, KEY))).toBe(false);
    },
  );

  test("is out of reach for scripts and other sites, and for plain http when it came over https", () => {
    expect(begun).toContain("HttpOnly; SameSite=Strict");
    expect(begun).not.toContain("Secure");
    expect(beginSession(at(START_MS, KEY), true)).toEndWith("; Secure");
  });

  test("is forgotten by the browser when it ends", () => {
    expect(endSession(false)).toContain("system_bus_session=; ");
    expect(endSession(false)).toContain("Max-Age=0");
  });
});
