// Who may ask for what.
//
// Invariants:
//   A1. Every request but `/health` names a host that is ours: a page whose name was pointed at this
//       machine (DNS rebinding) is refused.
//   A2. What changes something is refused when it comes from a page of another origin (CSRF). The event
//       API is open to other origins once its key is checked; without keys it is not.
//   A3. With keys, the event API wants an event key, and everything else the signing key or a session.
//   A4. Keys are compared in constant time and are in no message.

import { timingSafeEqual } from "node:crypto";
import { EngineError, type EngineErrorCode } from "../../core/errors.ts";
import { matchesBearer } from "../../protocol/signature.ts";
import { errorResponse, hangUpIfUnread } from "../error-response.ts";
import { GuessLimit } from "./guess-limit.ts";
import { isLoopback, isUnspoofable, readHostName } from "./host-name.ts";
import { withSecurityHeaders } from "./security-headers.ts";
import { beginSession, endSession, hasSession } from "./session.ts";

export interface AccessOptions {
  readonly eventKeys: readonly string[];
  /** The signing key and, second, its fallback. Empty with `isOpen` false: nobody gets in. */
  readonly signingKeys: readonly string[];
  /** Nobody is asked for a key: development, on a loopback address. */
  readonly isOpen: boolean;
  /** Host names that are ours beside `localhost` and plain addresses, such as a Tailscale one. */
  readonly allowedHosts: readonly string[];
  readonly nowMs: () => number;
  /** Told of each request that `guard` refuses. */
  readonly onRefusal?: (code: EngineErrorCode) => void;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export class Access {
  readonly #options: AccessOptions;
  readonly #allowedHosts: ReadonlySet<string>;
  /** For the login. */
  readonly guesses: GuessLimit;
  readonly #eventKeyDigests: readonly Uint8Array[];

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#allowedHosts = new Set(options.allowedHosts.map((name) => name.toLowerCase()));
    this.guesses = new GuessLimit(options.nowMs);
    this.#eventKeyDigests = options.eventKeys.map(digest);
  }

  get isOpen(): boolean {
    return this.#options.isOpen;
  }

  /** For everything but the event API, `/health` and `/login`, pages included; null lets it pass. */
  guard(request: Request): Response | null {
    const refusal = this.findRefusal(request);
    if (!refusal) return null;
    this.#options.onRefusal?.(refusal.code);
    const url = new URL(request.url);
    if (refusal.code === "UNAUTHORIZED" && wantsPage(request)) return loginRedirect(url);
    const response = withSecurityHeaders(errorResponse(refusal, url.pathname));
    return hangUpIfUnread(response, request);
  }

  findRefusal(request: Request): EngineError | null {
    return this.findOriginRefusal(request) ?? this.#findKeyRefusal(request);
  }

  /** A1 and A2 alone: for what has to be open to people without a key, the login. */
  findOriginRefusal(request: Request): EngineError | null {
    const host = request.headers.get("host") ?? new URL(request.url).host;
    if (!this.#isOurs(host)) return hostRefused(host);
    return SAFE_METHODS.has(request.method) || this.#isSameOrigin(request, host)
      ? null
      : originRefused(request);
  }

  /** For the event API; `key` is the one in its path. */
  findEventRefusal(request: Request, key: string): EngineError | null {
    const host = request.headers.get("host") ?? new URL(request.url).host;
    if (!this.#isOurs(host)) return hostRefused(host);
    if (!this.#options.isOpen) return this.#isEventKey(key) ? null : eventKeyRefused();
    return this.#isLocalOrigin(request) ? null : originRefused(request);
  }

  isSigningKey(text: string): boolean {
    return matchesBearer(`Bearer ${text}`, this.#options.signingKeys);
  }

  /** The `set-cookie` of a person who has shown the signing key. `isSecure`: over https. */
  beginSession(isSecure: boolean): string {
    return beginSession(this.#options, isSecure);
  }

  endSession(isSecure: boolean): string {
    return endSession(isSecure);
  }

  #findKeyRefusal({ headers }: Request): EngineError | null {
    const { isOpen, signingKeys } = this.#options;
    if (isOpen || matchesBearer(headers.get("authorization"), signingKeys)) return null;
    if (hasSession(headers.get("cookie"), this.#options)) return null;
    return new EngineError(
      "UNAUTHORIZED",
      "Authentication failed. Send the engine's signing key as `Authorization: Bearer <key>`, or log in at /login.",
    );
  }

  #isOurs(authority: string): boolean {
    const name = readHostName(authority);
    return name !== null && (isUnspoofable(name) || this.#allowedHosts.has(name));
  }

  /** Programs send no origin. A proxy may have replaced the host, so an allowed name is as good. */
  #isSameOrigin({ headers }: Request, host: string): boolean {
    const origin = headers.get("origin");
    if (origin === null) return headers.get("sec-fetch-site") !== "cross-site";
    const authority = authorityOf(origin);
    if (authority === null) return false;
    if (authority.toLowerCase() === host.toLowerCase()) return true;
    return this.#allowedHosts.has(readHostName(authority) ?? "");
  }

  /** Any key is good in development, so that only pages of this machine may send events (A2). */
  #isLocalOrigin({ headers }: Request): boolean {
    const origin = headers.get("origin");
    if (origin === null) return headers.get("sec-fetch-site") !== "cross-site";
    const name = readHostName(authorityOf(origin) ?? "");
    return name !== null && (isLoopback(name) || this.#allowedHosts.has(name));
  }

  #isEventKey(key: string): boolean {
    const given = digest(key);
    return this.#eventKeyDigests.some((known) => timingSafeEqual(known, given));
  }
}

function authorityOf(origin: string): string | null {
  const [, authority] = /^https?:\/\/([^/]+)$/i.exec(origin) ?? [];
  return authority ?? null;
}

/** A person's browser that opens a page, not a script of that page. */
function wantsPage({ method, headers }: Request): boolean {
  return method === "GET" && (headers.get("accept") ?? "").includes("text/html");
}

function loginRedirect({ pathname, search }: URL): Response {
  const next = encodeURIComponent(`${pathname}${search}`);
  const headers = { location: `/login?next=${next}` };
  return withSecurityHeaders(new Response(null, { status: 303, headers }));
}

function hostRefused(host: string): EngineError {
  return new EngineError(
    "HOST_REFUSED",
    `"${host}" is not a name of this engine. Use localhost or an address, or add the name to the engine's allowed hosts.`,
  );
}

function originRefused({ headers }: Request): EngineError {
  const origin = headers.get("origin") ?? "another site";
  return new EngineError(
    "ORIGIN_REFUSED",
    `Pages of ${origin} may not do this. Add its name to the engine's allowed hosts if it is yours.`,
  );
}

function eventKeyRefused(): EngineError {
  return new EngineError(
    "EVENT_KEY_INVALID",
    "The event key is not one of this engine's. Set INNGEST_EVENT_KEY to one that it was started with.",
  );
}

function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
