import { describe, expect, test } from "bun:test";
import { type Registration, readInBandSync, readRegistration } from "./registration.ts";

const URL_ = "http://127.0.0.1:3111/api/inngest";
const fn = (id: string, fields: Record<string, unknown> = {}) => ({
  id,
  triggers: [{ event: "a/b" }],
  steps: { step: { runtime: { type: "http", url: `${URL_}?fnId=${id}&stepId=step` } } },
  ...fields,
});
const body = (fields: Record<string, unknown> = {}) => ({
  url: URL_,
  deployType: "ping",
  framework: "hono",
  appName: "system-bus",
  functions: [fn("system-bus-a"), fn("system-bus-b")],
  sdk: "js:v4.24.0",
  v: "0.1",
  capabilities: { trust_probe: "v1", connect: "v1" },
  featureObservations: { seen: 1 },
  ...fields,
});

const register = (fields: Record<string, unknown> = {}): Registration => {
  const reading = readRegistration(JSON.stringify(body(fields)));
  if (reading.kind !== "registered") throw new Error(reading.problem);
  return reading.registration;
};

const refusalOf = (fields: Record<string, unknown>) => {
  const reading = readRegistration(JSON.stringify(body(fields)));
  return reading.kind === "refused" ? reading : null;
};

describe("a registration", () => {
  test("names the app, its SDK and its functions", () => {
    expect(register()).toEqual({
      appName: "system-bus",
      url: URL_,
      framework: "hono",
      sdkLanguage: "js",
      sdkVersion: "4.24.0",
      functions: [
        expect.objectContaining({ slug: "system-bus-a" }),
        expect.objectContaining({ slug: "system-bus-b" }),
      ],
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each([
    "http://localhost:3111/api/inngest",
    "http://worker:3111/x",
    "http://[::1]:1/",
    "https://a.test",
  ])("may come from %s", (url) => {
    expect(register({ url }).url).toBe(url);
  });

  test("has the same checksum for the same content, in whatever order and with whatever else", () => {
    const { checksum } = register();
    expect(register({ featureObservations: { seen: 2 }, v: "0.2", deployId: "x" }).checksum).toBe(
      checksum,
    );
    const reversed = Object.fromEntries(Object.entries(body()).toReversed());
    const reading = readRegistration(JSON.stringify(reversed));
    expect(reading).toMatchObject({ registration: { checksum } });
  });

  test.each<[string, Record<string, unknown>]>([
    ["address", { url: `${URL_}2` }],
    ["SDK", { sdk: "js:v4.25.0" }],
    ["version", { appVersion: "2" }],
    ["functions", { functions: [fn("system-bus-a")] }],
    ["function's retries", { functions: [fn("system-bus-a", { retries: 1 }), fn("system-bus-b")] }],
  ])("has another checksum when its %s changes", (_, fields) => {
    expect(register(fields).checksum).not.toBe(register().checksum);
  });

  test("keeps all functions when one of them can't run here", () => {
    const { functions } = register({ functions: [fn("a", { throttle: { limit: 1 } }), fn("b")] });
    expect(functions.map(({ slug, problem }) => [slug, problem === undefined])).toEqual([
      ["a", false],
      ["b", true],
    ]);
  });
});

describe("a registration that is refused", () => {
  test.each<[Record<string, unknown>, string]>([
    [{ appName: "" }, "The registration is bad: appName: "],
    [{ appName: undefined }, "The registration is bad: appName: "],
    [{ url: "wss://connect" }, "The registration is bad: url: "],
    [{ url: "nowhere" }, "The registration is bad: url: "],
    [{ functions: {} }, "The registration is bad: functions: "],
    [{ functions: [fn("a"), { name: "x" }] }, "functions[1] is bad: id: "],
    [{ functions: [fn("a"), fn("a")] }, "functions[1] has the id of another: a."],
    [{ functions: Array.from({ length: 1_001 }, (_, i) => fn(`f${i}`)) }, "functions: "],
  ])("says what is bad about it: case %#", (fields, problem) => {
    expect(refusalOf(fields)).toMatchObject({
      code: "invalid",
      problem: expect.stringContaining(problem),
    });
  });

  test.each(["", "[]", "{", "null"])("is no object: %p", (text) => {
    expect(readRegistration(text)).toMatchObject({ kind: "refused", code: "invalid" });
  });

  test.each([
    ["js:v3.22.0", true],
    ["js:v3.22.0-beta.1", true],
    ["js:v3.44.9", true],
    ["js:v3.53.1", true],
    ["js:v3.53.2", false],
    ["js:v3.54.0", false],
    ["js:v3.21.9", false],
    ["js:v4.30.0", false],
    ["go:v3.30.0", false],
    ["py:v0.4.0", false],
    ["", false],
  ])("comes from an SDK with a known hole, %s: %p", (sdk, isDenied) => {
    expect(refusalOf({ sdk })?.code === "sdk_version_denied").toBe(isDenied);
  });
});

describe("an app's answer to an in-band sync", () => {
  const SDK = { "x-inngest-sdk": "inngest-js:v4.24.0" };
  const answer = (status: number, value: unknown, headers: Record<string, string>) =>
    readInBandSync({
      status,
      headers: new Headers(headers),
      body: typeof value === "string" ? value : JSON.stringify(value),
      url: URL_,
    });
  const inBand = () => {
    const { appName: app_id, ...rest } = body();
    return { ...rest, app_id, env: null, inspection: {}, platform: null, sdk_language: "" };
  };

  test("is the same registration as one that the app makes itself", () => {
    const reading = answer(200, inBand(), { ...SDK, "x-inngest-sync-kind": "in_band" });
    expect(reading).toEqual({ kind: "registered", registration: register() });
  });

  test("may be that it has registered itself", () => {
    const said = { message: "Successfully registered", modified: true };
    const headers = { ...SDK, "x-inngest-sync-kind": "out_of_band" };
    expect(answer(200, said, headers)).toEqual({ kind: "out-of-band" });
  });

  test.each<[number, unknown, Record<string, string>, string]>([
    [401, "", { "x-inngest-sdk-handled": "true" }, "Give engine and app the same signing key"],
    [404, "<h1>Not\nfound</h1>", {}, "status 404, <h1>Not found</h1>. Check the address"],
    [200, "", {}, "status 200, an empty body. Check the address"],
    [500, { message: "Failed to register; no route" }, SDK, "(500): Failed to register; no route"],
    [500, "oh", SDK, "(500): oh"],
    [200, "{", { ...SDK, "x-inngest-sync-kind": "in_band" }, "is no JSON"],
    [200, {}, { ...SDK, "x-inngest-sync-kind": "in_band" }, "is bad: app_id: "],
  ])("with status %p and %j is refused and says what to do", (status, value, headers, problem) => {
    expect(answer(status, value, headers)).toMatchObject({
      kind: "refused",
      problem: expect.stringContaining(problem),
    });
  });
});
