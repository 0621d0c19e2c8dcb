import { describe, expect, test } from "bun:test";
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import {
  hashSigningKey,
  isSigningKey,
  matchesBearer,
  signBody,
  verifySignature,
} from "./signature.ts";

const KEY = "5a".repeat(32);
const FALLBACK = "b7".repeat(32);
const NOW_SECONDS = 1_795_262_400;

describe("a signing key", () => {
  test.each([
    [KEY, true],
    [`signkey-prod-${KEY}`, true],
    [`signkey-my_env-${KEY.toUpperCase()}`, true],
    ["ab", true],
    ["abc", false],
    ["", false],
    ["local-prod-signing", false],
    ["signkey-prod-", false],
    [`signkey-prod-eu-${KEY}`, false],
    [`${KEY}\n`, false],
  ])("%p is one: %p", (text, expected) => {
    expect(isSigningKey(text)).toBe(expected);
  });

  test("is hashed over the bytes that its hex means, and keeps its prefix", () => {
    const expected = createHash("sha256").update(Buffer.from(KEY, "hex")).digest("hex");
    expect(hashSigningKey(KEY)).toBe(expected);
    expect(hashSigningKey(`signkey-prod-${KEY}`)).toBe(`signkey-prod-${expected}`);
  });

  test("that is no hex is never hashed: every such key would come to the same digest", () => {
    expect(() => hashSigningKey("local-prod-signing")).toThrow("hex");
    expect(() => matchesBearer(`Bearer ${KEY}`, ["local-prod-signing"])).toThrow("hex");
  });
});

describe("a signature", () => {
  const sign = (body: unknown, key = KEY) => signBody(key, body, NOW_SECONDS);
  const verify = (header: string | null, body: unknown, keys: readonly string[] = [KEY]) =>
    verifySignature({ keys, header, body, nowSeconds: NOW_SECONDS });

  test("is an HMAC over the canonical body and the second it was made", () => {
    const expected = createHmac("sha256", KEY).update(`{"a":1,"b":2}${NOW_SECONDS}`).digest("hex");
    expect(sign({ b: 2, a: 1 })).toBe(`t=${NOW_SECONDS}&s=${expected}`);
  });

  test("covers text as it stands", () => {
    const expected = createHmac("sha256", KEY).update(`{ "b": 2 }${NOW_SECONDS}`).digest("hex");
    expect(sign('{ "b": 2 }')).toBe(`t=${NOW_SECONDS}&s=${expected}`);
  });

  test("is valid for its body, key and time", () => {
    expect(verify(sign("body"), "body")).toBe("valid");
    expect(verify(sign(""), "")).toBe("valid");
  });

  test("doesn't depend on the key's prefix (S1)", () => {
    expect(sign("body", `signkey-prod-${KEY}`)).toBe(sign("body"));
    expect(verify(sign("body"), "body", [`signkey-test-${KEY}`])).toBe("valid");
  });

  test("of the fallback key is valid, too", () => {
    expect(verify(sign("body", FALLBACK), "body", [KEY, FALLBACK])).toBe("valid");
  });

  test("of another key or body is a mismatch", () => {
    expect(verify(sign("body", FALLBACK), "body")).toBe("mismatch");
    expect(verify(sign("body"), "Body")).toBe("mismatch");
    expect(verify(sign("body"), "body", [])).toBe("mismatch");
  });

  test("whose second was changed is a mismatch", () => {
    const moved = sign("body").replace(`${NOW_SECONDS}`, `${NOW_SECONDS + 1}`);
    expect(verify(moved, "body")).toBe("mismatch");
  });

  test.each([
    [300, "valid"],
    [-300, "valid"],
    [301, "expired"],
    [-301, "expired"],
  ] as const)("made %p s before now is %s", (ageSeconds, expected) => {
    const header = signBody(KEY, "body", NOW_SECONDS - ageSeconds);
    expect(verify(header, "body")).toBe(expected);
  });

  test.each([
    [null, "missing"],
    ["", "missing"],
    ["t=&s=", "malformed"],
    ["s=abc", "malformed"],
    [`t=soon&s=${"a".repeat(64)}`, "malformed"],
    [`t=${NOW_SECONDS}&s=${"a".repeat(63)}`, "malformed"],
    [`t=${NOW_SECONDS}&s=${"A".repeat(64)}`, "malformed"],
    [`s=${"a".repeat(64)}&t=${NOW_SECONDS}`, "malformed"],
  ] as const)("%p is %s", (header, expected) => {
    expect(verify(header, "body")).toBe(expected);
  });

  test("is valid for any JSON, whatever the order of its keys (property)", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (typeof value === "string") return;
        expect(verify(sign(value), JSON.parse(JSON.stringify(value)))).toBe("valid");
      }),
    );
  });
});

describe("a Bearer key", () => {
  test.each([
    `Bearer ${KEY}`,
    `bearer ${KEY}`,
    `Bearer signkey-other-${KEY}`,
    `Bearer ${hashSigningKey(KEY)}`,
    `Bearer signkey-other-${hashSigningKey(KEY)}`,
    `Bearer ${FALLBACK}`,
    `Bearer ${hashSigningKey(FALLBACK)}`,
  ])("is accepted plain or hashed, with any prefix: %s", (header) => {
    expect(matchesBearer(header, [`signkey-prod-${KEY}`, FALLBACK])).toBe(true);
  });

  test.each([
    null,
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer undefined",
    `Basic ${KEY}`,
    KEY,
    `Bearer ${KEY} ${KEY}`,
    `Bearer ${KEY.slice(2)}`,
    `Bearer ${hashSigningKey("cc".repeat(32))}`,
    "Bearer signkey-prod-",
  ])("%p is refused", (header) => {
    expect(matchesBearer(header, [KEY, FALLBACK])).toBe(false);
  });

  test("is refused where no key is set", () => {
    expect(matchesBearer(`Bearer ${KEY}`, [])).toBe(false);
  });
});
