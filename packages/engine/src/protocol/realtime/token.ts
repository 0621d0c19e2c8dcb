// The token that lets someone listen: a JWT that names topics. Protocol notes, section 1.10.
//
// Invariants:
//   J1. A token is good for a minute, to connect with; what was connected meanwhile stays so.
//   J2. Its key is derived from the signing key, so that no signature of a call or an answer is ever one
//       of a token. Without a signing key it is random: a restart makes all tokens before it strangers.
//   J3. No message repeats a token or a part of one.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { parseJson } from "../json.ts";
import { ChannelSchema, type RealtimeTopic, TOPICS_MAX, TopicNameSchema } from "./topic.ts";

const ISSUER = "rt.inngest.com";
const LIFETIME_SECONDS = 60;
/** A token is part of an address, and Bun takes 16 KB of head at most. */
const TOKEN_CHARS_MAX = 8_192;
const HEADER = encode({ alg: "HS256", typ: "JWT" });

const ClaimsSchema = z.object({
  iss: z.literal(ISSUER),
  exp: z.number(),
  topics: z.array(z.tuple([ChannelSchema, TopicNameSchema])).max(TOPICS_MAX),
});

export type TokenReading =
  | { readonly ok: true; readonly topics: readonly RealtimeTopic[] }
  | { readonly ok: false; readonly problem: "missing" | "foreign" | "expired" };

export class RealtimeTokens {
  /** The first one signs; each is good for a token made before. */
  readonly #keys: readonly Uint8Array[];

  /** `signingKeys` are the signing key and, second, its fallback; none in development. */
  constructor(signingKeys: readonly string[]) {
    this.#keys = signingKeys.length === 0 ? [randomBytes(32)] : signingKeys.map(deriveKey);
  }

  /** Null when the names are so many and long that no address could carry the token. */
  issue(topics: readonly RealtimeTopic[], nowMs: number): string | null {
    const iat = Math.floor(nowMs / 1_000);
    const names = topics.map(({ channel, name }) => [channel, name]);
    const claims = { iss: ISSUER, iat, exp: iat + LIFETIME_SECONDS, topics: names };
    const signed = `${HEADER}.${encode(claims)}`;
    const token = `${signed}.${sign(this.#keys[0] ?? new Uint8Array(), signed)}`;
    return token.length > TOKEN_CHARS_MAX ? null : token;
  }

  read(token: string | null, nowMs: number): TokenReading {
    if (!token) return { ok: false, problem: "missing" };
    const [header, payload, signature, ...more] = token.split(".");
    if (header !== HEADER || !payload || !signature || more.length > 0) return FOREIGN;
    if (!this.#isSigned(`${header}.${payload}`, signature)) return FOREIGN;
    const claims = readClaims(payload);
    if (!claims) return FOREIGN;
    if (claims.exp * 1_000 <= nowMs) return { ok: false, problem: "expired" };
    return { ok: true, topics: claims.topics.map(([channel, name]) => ({ channel, name })) };
  }

  #isSigned(signed: string, signature: string): boolean {
    const given = digest(signature);
    return this.#keys.some((key) => timingSafeEqual(given, digest(sign(key, signed))));
  }
}

const FOREIGN = { ok: false, problem: "foreign" } as const;

function deriveKey(signingKey: string): Uint8Array {
  return createHmac("sha256", signingKey).update("system-bus realtime token").digest();
}

function sign(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function readClaims(payload: string): z.output<typeof ClaimsSchema> | null {
  const reading = parseJson(Buffer.from(payload, "base64url").toString());
  if (!reading.ok) return null;
  return ClaimsSchema.safeParse(reading.value).data ?? null;
}
