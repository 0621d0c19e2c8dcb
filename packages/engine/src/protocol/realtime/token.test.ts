// J1 to J3 are the invariants of token.ts.

import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { RealtimeTokens } from "./token.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 2);
const KEY = "signkey-prod-0123456789abcdef0123456789abcdef";
const OTHER_KEY = "signkey-prod-fedcba9876543210fedcba9876543210";
const TOPICS = [
  { channel: "chat", name: "messages" },
  { channel: "chat", name: "typing" },
];

const issue = (tokens: RealtimeTokens, topics = TOPICS): string => {
  const token = tokens.issue(topics, NOW_MS);
  if (token === null) throw new Error("no token was issued");
  return token;
};
const partsOf = (token: string) =>
  token.split(".").map((part) => Buffer.from(part, "base64url").toString());

describe("a token", () => {
  test("gives back the topics that it was issued for", () => {
    const tokens = new RealtimeTokens([KEY]);
    expect(tokens.read(issue(tokens), NOW_MS)).toEqual({ ok: true, topics: TOPICS });
  });

  test("is a JWT of HS256 and Inngest's issuer that lives for a minute", () => {
    const [header = "", claims = ""] = partsOf(issue(new RealtimeTokens([KEY])));
    expect(JSON.parse(header)).toEqual({ alg: "HS256", typ: "JWT" });
    const iat = NOW_MS / 1_000;
    expect(JSON.parse(claims)).toMatchObject({ iss: "rt.inngest.com", iat, exp: iat + 60 });
  });

  test("is refused from its expiry on (J1)", () => {
    const tokens = new RealtimeTokens([KEY]);
    const token = issue(tokens);
    expect(tokens.read(token, NOW_MS + 59_999).ok).toBe(true);
    expect(tokens.read(token, NOW_MS + 60_000)).toEqual({ ok: false, problem: "expired" });
  });

  test("is good after a restart with the same signing key, and after the key became the fallback", () => {
    const token = issue(new RealtimeTokens([KEY]));
    expect(new RealtimeTokens([KEY]).read(token, NOW_MS).ok).toBe(true);
    expect(new RealtimeTokens([OTHER_KEY, KEY]).read(token, NOW_MS).ok).toBe(true);
  });

  test("of another key is a stranger's, and so is one of before a restart without a key (J2)", () => {
    const stranger = { ok: false, problem: "foreign" } as const;
    expect(new RealtimeTokens([OTHER_KEY]).read(issue(new RealtimeTokens([KEY])), NOW_MS)).toEqual(
      stranger,
    );
    expect(new RealtimeTokens([]).read(issue(new RealtimeTokens([])), NOW_MS)).toEqual(stranger);
  });

  test("signed with the signing key itself is a stranger's (J2)", () => {
    const [header, claims] = issue(new RealtimeTokens([KEY])).split(".");
    const signature = createHmac("sha256", KEY).update(`${header}.${claims}`).digest("base64url");
    const forged = `${header}.${claims}.${signature}`;
    expect(new RealtimeTokens([KEY]).read(forged, NOW_MS).ok).toBe(false);
  });

  test("is refused when any part of it was changed, left out or added", () => {
    const tokens = new RealtimeTokens([KEY]);
    const [header = "", claims = "", signature = ""] = issue(tokens).split(".");
    const other = Buffer.from(
      JSON.stringify({ iss: "rt.inngest.com", exp: 9e9, topics: [["all", "secrets"]] }),
    ).toString("base64url");
    const noAlgorithm = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
    for (const forged of [
      `${header}.${other}.${signature}`,
      `${noAlgorithm}.${claims}.`,
      `${noAlgorithm}.${claims}.${signature}`,
      `${header}.${claims}`,
      `${header}.${claims}.${signature}.more`,
      `${header}.${claims}.${signature.slice(1)}`,
      "..",
      "no token at all",
    ]) {
      expect([forged, tokens.read(forged, NOW_MS)]).toEqual([
        forged,
        { ok: false, problem: "foreign" },
      ]);
    }
    for (const none of [null, ""]) {
      expect(tokens.read(none, NOW_MS)).toEqual({ ok: false, problem: "missing" });
    }
  });

  test("that no address could carry is not issued", () => {
    const topics = Array.from({ length: 100 }, (_, index) => ({
      channel: "c".repeat(256),
      name: `topic-${index}`,
    }));
    expect(new RealtimeTokens([KEY]).issue(topics, NOW_MS)).toBeNull();
  });
});
