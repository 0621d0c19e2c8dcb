// Signatures of calls and answers, and the Bearer key of the API. Protocol notes, section 1.8.
//
// Invariants:
//   S1. The prefix `signkey-<env>-` is no part of a key: neither in an HMAC nor in a comparison.
//   S2. Secrets are compared in constant time.
//   S3. No message names a key or a signature.

import { timingSafeEqual } from "node:crypto";
import { assert } from "../core/assert.ts";
import { canonicalJson } from "./canonical-json.ts";

/** How far the clocks of engine and SDK may differ; also how long a stolen call can be replayed. */
const WINDOW_SECONDS = 5 * 60;
const KEY_PATTERN = /^(?:signkey-\w+-)?(?:[0-9a-f]{2})+$/i;
const PREFIX_PATTERN = /^signkey-\w+-/;
const HEADER_PATTERN = /^t=(\d{1,15})&s=([0-9a-f]{64})$/;

/** Hex with an even number of digits, as Inngest wants it; a prefix such as `signkey-prod-` may lead. */
export function isSigningKey(text: string): boolean {
  return KEY_PATTERN.test(text);
}

/**
 * The `x-inngest-signature` of a body. Text is signed as it stands (answers, and an empty body); any other
 * value in its canonical form, which the SDK restores from what it received before it checks.
 */
export function signBody(key: string, body: unknown, nowSeconds: number): string {
  const text = typeof body === "string" ? body : canonicalJson(body);
  return `t=${nowSeconds}&s=${hmac(key, text, nowSeconds)}`;
}

export type SignatureVerdict = "valid" | "missing" | "malformed" | "expired" | "mismatch";

export interface SignatureInput {
  /** The signing key and, second, its fallback. */
  readonly keys: readonly string[];
  readonly header: string | null | undefined;
  readonly body: unknown;
  readonly nowSeconds: number;
}

export function verifySignature({
  keys,
  header,
  body,
  nowSeconds,
}: SignatureInput): SignatureVerdict {
  if (!header) return "missing";
  const [, seconds, signature] = HEADER_PATTERN.exec(header) ?? [];
  if (seconds === undefined || signature === undefined) return "malformed";
  const signedAtSeconds = Number(seconds);
  if (Math.abs(nowSeconds - signedAtSeconds) > WINDOW_SECONDS) return "expired";
  const text = typeof body === "string" ? body : canonicalJson(body);
  const isValid = keys.some((key) => isSame(hmac(key, text, signedAtSeconds), signature));
  return isValid ? "valid" : "mismatch";
}

/** What the SDK sends as its Bearer token: the prefix, then SHA-256 over the bytes that the key's hex means. */
export function hashSigningKey(key: string): string {
  assert(isSigningKey(key), "a signing key is hex with an even number of digits");
  const prefix = PREFIX_PATTERN.exec(key)?.[0] ?? "";
  const bytes = Buffer.from(withoutPrefix(key), "hex");
  return prefix + new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

/** Whether an `Authorization` header carries one of the keys, plain or hashed, with any prefix or none. */
export function matchesBearer(header: string | null | undefined, keys: readonly string[]): boolean {
  const [, token] = /^Bearer +(\S+)$/i.exec(header ?? "") ?? [];
  if (token === undefined) return false;
  const given = withoutPrefix(token);
  let matches = false;
  for (const key of keys) {
    const isPlain = isSame(given, withoutPrefix(key));
    const isHashed = isSame(given, withoutPrefix(hashSigningKey(key)));
    matches = matches || isPlain || isHashed;
  }
  return matches;
}

function hmac(key: string, text: string, seconds: number): string {
  return new Bun.CryptoHasher("sha256", withoutPrefix(key))
    .update(text)
    .update(String(seconds))
    .digest("hex");
}

function withoutPrefix(key: string): string {
  return key.replace(PREFIX_PATTERN, "");
}

/** Digests are compared, so that not even the length of the secret shows in the time it takes. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
