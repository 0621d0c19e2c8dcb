// What an app tells about itself and its functions, in either kind of sync: protocol notes, section 1.1.

import { z } from "zod";
import type { FunctionConfig } from "../core/function-config.ts";
import { canonicalJson } from "./canonical-json.ts";
import { describeIssues } from "./describe-issues.ts";
import { readFunctionConfig } from "./function-config.ts";
import { parseJson } from "./json.ts";
import { excerpt, readSerializedError } from "./serialized-error.ts";
import { verifySignature } from "./signature.ts";

export interface Registration {
  readonly appName: string;
  /** The serve URL. */
  readonly url: string;
  readonly framework: string;
  readonly sdkLanguage: string;
  readonly sdkVersion: string;
  readonly functions: readonly FunctionConfig[];
  /** The same for the same content, whichever way it came. */
  readonly checksum: string;
}

type RefusalCode = "invalid" | "sdk_version_denied";

export type RegistrationReading =
  | { readonly kind: "registered"; readonly registration: Registration }
  | { readonly kind: "refused"; readonly code: RefusalCode; readonly problem: string };

export type InBandReading =
  | RegistrationReading
  /** The app has taken the other way and registered on its own, in a request to the engine. */
  | { readonly kind: "out-of-band" };

const FUNCTIONS_MAX = 1_000;

const HttpUrlSchema = z.url({ protocol: /^https?$/ });
const ContentSchema = z.object({
  appName: z.string().trim().min(1).max(512),
  url: HttpUrlSchema,
  framework: z.string().default(""),
  sdk: z.string().default(""),
  appVersion: z.string().nullish(),
  functions: z.array(z.unknown()).max(FUNCTIONS_MAX),
});

/** In-band, the app's name is in another field. */
const InBandSchema = z.object({ app_id: z.string(), sdk: z.string().optional() });

type Content = z.infer<typeof ContentSchema>;

/** The body of `POST /fn/register`. */
export function readRegistration(body: string): RegistrationReading {
  const parsed = parseJson(body);
  if (!parsed.ok) return refuse(`The registration is ${parsed.problem}.`);
  return readContent(parsed.value);
}

export interface InBandResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The address that was asked. */
  readonly url: string;
  /** Who may have signed the answer; absent where nothing is signed. */
  readonly signers?: { readonly keys: readonly string[]; readonly nowSeconds: number };
}

/** The app's answer to an in-band sync. The problem says what a person can do about it. */
export function readInBandSync(response: InBandResponse): InBandReading {
  const { status, headers, body, url } = response;
  if (status === 401) {
    return refuse(
      `The app at ${url} refused the sync (401). Give engine and app the same signing key, and check their clocks.`,
    );
  }
  if (!headers.has("x-inngest-sdk")) {
    return refuse(
      `No Inngest SDK answered at ${url}: status ${status}, ${excerpt(body) || "an empty body"}. Check the address and its path.`,
    );
  }
  const parsed = parseJson(body);
  if (status !== 200) {
    const said = parsed.ok ? readSerializedError(parsed.value).message : excerpt(body);
    return refuse(`The app at ${url} could not sync (${status}): ${said}`);
  }
  if (headers.get("x-inngest-sync-kind") !== "in_band") return { kind: "out-of-band" };
  if (!isSigned(response)) {
    return refuse(
      `The answer of the app at ${url} is not signed with the engine's key. Give engine and app the same signing key, check their clocks, and start the app without INNGEST_DEV.`,
    );
  }
  if (!parsed.ok) return refuse(`The sync of ${url} is ${parsed.problem}.`);
  const inBand = InBandSchema.safeParse(parsed.value);
  if (!inBand.success) return refuse(`The sync of ${url} is bad: ${describeIssues(inBand.error)}.`);
  const sdk = inBand.data.sdk ?? sdkOfHeader(headers.get("x-inngest-sdk") ?? "");
  // The schema has just found an object.
  return readContent({ ...(parsed.value as object), appName: inBand.data.app_id, sdk });
}

function isSigned({ headers, body, signers }: InBandResponse): boolean {
  if (!signers) return true;
  const header = headers.get("x-inngest-signature");
  return verifySignature({ ...signers, header, body }) === "valid";
}

/** `inngest-js:v4.24.0` is `js:v4.24.0` in a registration. */
function sdkOfHeader(header: string): string {
  return header.replace(/^inngest-/, "");
}

function readContent(value: unknown): RegistrationReading {
  const parsed = ContentSchema.safeParse(value);
  if (!parsed.success) return refuse(`The registration is bad: ${describeIssues(parsed.error)}.`);
  const content = parsed.data;
  const { language, version } = readSdk(content.sdk);
  if (isDenied(language, version)) {
    return {
      kind: "refused",
      code: "sdk_version_denied",
      problem: `sdk_version_denied: the JavaScript SDK ${version} has a security hole (CVE-2026-42047). Update the package "inngest" of the app "${content.appName}" to a version after 3.53.1, and start the app again.`,
    };
  }
  const functions: FunctionConfig[] = [];
  const slugs = new Set<string>();
  for (const [index, raw] of content.functions.entries()) {
    const reading = readFunctionConfig(raw, content.url);
    if (!reading.ok) return refuse(`functions[${index}] is bad: ${reading.problem}.`);
    const { slug } = reading.config;
    if (slugs.has(slug)) return refuse(`functions[${index}] has the id of another: ${slug}.`);
    slugs.add(slug);
    functions.push(reading.config);
  }
  const { appName, url, framework } = content;
  return {
    kind: "registered",
    registration: {
      appName,
      url,
      framework,
      sdkLanguage: language,
      sdkVersion: version,
      functions,
      checksum: checksumOf(content),
    },
  };
}

/** Over what the app is and has, not over what SDK and environment add to one kind of sync only. */
function checksumOf({ appName, url, framework, sdk, appVersion, functions }: Content): string {
  const content = { appName, url, framework, sdk, appVersion: appVersion ?? null, functions };
  return new Bun.CryptoHasher("sha256").update(canonicalJson(content)).digest("hex");
}

/** `js:v4.24.0` */
function readSdk(sdk: string): { language: string; version: string } {
  const [, language = "", version = ""] = /^([^:]*)(?::v?(.*))?$/.exec(sdk) ?? [];
  return { language, version };
}

/** JavaScript SDK 3.22.0 to 3.53.1, their pre-releases included. */
function isDenied(language: string, version: string): boolean {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  if (language !== "js" || Number(major) !== 3) return false;
  if (Number(minor) === 53) return Number(patch) <= 1;
  return Number(minor) >= 22 && Number(minor) < 53;
}

function refuse(problem: string): { kind: "refused"; code: RefusalCode; problem: string } {
  return { kind: "refused", code: "invalid", problem };
}
