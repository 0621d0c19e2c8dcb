// How single values are read. Every message ends with what to do instead.

import { isIP } from "node:net";
import { isAbsolute, normalize } from "node:path";
import { z } from "zod";

/** An absolute path. `~` was expanded before; a relative one would mean another place per process. */
export const absolutePath = z
  .string()
  .refine((path) => isAbsolute(path), {
    message: "must be an absolute path, or begin with ~/",
    abort: true,
  })
  .refine((path) => !path.includes("\0"), { message: "must not hold a NUL character" })
  .transform((path) => withoutTrailingSlash(normalize(path)));

function withoutTrailingSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}

/** 0 lets the system choose, which tests and the demo do. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, { message: "must be a port: a whole number from 0 to 65535", abort: true })
  .transform(Number)
  .refine((value) => value <= 65_535, "must be a port: a whole number from 0 to 65535");

/** A whole number, 0 for no limit. */
export const limit = z
  .string()
  .regex(/^\d{1,9}$/, "must be a whole number from 0 to 999999999; 0 is no limit")
  .transform(Number);

/** An http or https address without a trailing slash; it may have a path. */
export const httpAddress = z.string().transform((value, context) => {
  const address = readHttpAddress(value);
  if (address !== null) return address;
  context.addIssue({
    code: "custom",
    message: "must be an http or https address, such as http://127.0.0.1:11434/v1",
  });
  return z.NEVER;
});

/**
 * An address that others put paths of their own behind. The SDK and its server resolve those against
 * the host, so a path here would be lost without a word.
 */
export const httpOrigin = z.string().transform((value, context) => {
  const origin = readHttpOrigin(value);
  if (origin !== null) return origin;
  context.addIssue({
    code: "custom",
    message: "must be an http or https address without a path, such as http://127.0.0.1:8288",
  });
  return z.NEVER;
});

/** The address without a trailing slash; null for what is none, or has a query. */
export function readHttpAddress(value: string): string | null {
  if (!/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value)) return null;
  const url = new URL(value);
  return url.search === "" && url.hash === "" ? withoutTrailingSlash(url.href) : null;
}

function readHttpOrigin(value: string): string | null {
  const address = readHttpAddress(value);
  return address !== null && new URL(address).pathname === "/" ? address : null;
}

export type DevFlag =
  | { readonly kind: "on" }
  | { readonly kind: "off" }
  | { readonly kind: "on-at"; readonly url: string };

/** INNGEST_DEV as the SDK reads it: 1, true, 0, false, or a dev server's address. */
export const devFlag = z.string().transform((value, context): DevFlag => {
  const word = value.trim().toLowerCase();
  if (word === "1" || word === "true") return { kind: "on" };
  if (word === "0" || word === "false") return { kind: "off" };
  const url = readHttpOrigin(word.includes("://") ? value : `http://${value}`);
  if (url !== null && /[.:]/.test(value)) return { kind: "on-at", url };
  context.addIssue({
    code: "custom",
    message: "must be 1, true, 0, false, or a dev server's address without a path",
  });
  return z.NEVER;
});

/** A host name or an IP address to listen on, no scheme and no port. */
export const listenHost = z
  .string()
  .refine(
    (host) => isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host),
    "must be a host name or an IP address, such as 127.0.0.1",
  );

/**
 * Sent in the path of `/e/<key>`, so nothing that a path cannot carry. The message cannot show the
 * value: it is a secret.
 */
export const eventKey = z
  .string()
  .regex(
    /^[A-Za-z0-9._~-]{1,256}$/,
    "may hold letters, digits and “. _ ~ -” only; `openssl rand -hex 32` makes a good one",
  );

const SIGNING_KEY_PREFIX = /^signkey-\w+-/;

/** What the seeds set as a signing key. It never worked: no server or SDK can decode it. */
const SIGNING_KEY_OF_OLD_GUIDES = "local-prod-signing";

/**
 * A signing key: hex with an even number of digits, because server and SDK decode it to bytes. A
 * `signkey-ENV-` prefix is dropped: the SDK signs without it, a server started with a prefixed key
 * signs with it, and then each refuses the other (401).
 */
export const signingKey = z.string().transform((value, context): string => {
  const digits = value.replace(SIGNING_KEY_PREFIX, "");
  const problem = findSigningKeyProblem(digits);
  if (problem === null) return digits;
  context.addIssue({ code: "custom", message: problem });
  return z.NEVER;
});

export function hasSigningKeyPrefix(value: string): boolean {
  return SIGNING_KEY_PREFIX.test(value);
}

function findSigningKeyProblem(digits: string): string | null {
  const cure = "`igs start` makes one when it is not set, or use `openssl rand -hex 32`";
  if (digits === SIGNING_KEY_OF_OLD_GUIDES) {
    return (
      `is “${SIGNING_KEY_OF_OLD_GUIDES}”, which old guides print: it is not hex, so a server refuses ` +
      `to start with it; remove it (${cure})`
    );
  }
  if (!/^[0-9a-f]+$/i.test(digits)) return `must be hex digits only; ${cure}`;
  if (digits.length % 2 !== 0) return `must have an even number of hex digits; ${cure}`;
  return null;
}
