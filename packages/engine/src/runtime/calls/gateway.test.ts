import { afterAll, describe, expect, test } from "bun:test";
import type { GatewayRequest } from "../../core/outcome.ts";
import { systemClock } from "../clock.ts";
import { type GatewayOutcome, makeRequest } from "./gateway.ts";

const clock = { ...systemClock, nowMs: () => 0 };
const TIMEOUT_MS = 60_000;
const MEBIBYTE = 1024 * 1024;

const model: GatewayRequest = {
  shape: "model",
  url: "http://model.test/v1?key=secret-in-query",
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer secret-key" },
  body: "{}",
};
const get: GatewayRequest = {
  shape: "fetch",
  url: "http://api.test/a?token=secret-in-query",
  method: "GET",
  headers: { accept: "text/plain", "x-api-key": "secret-key" },
  body: null,
};
const post: GatewayRequest = { ...get, method: "POST", body: "text" };

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Makes the request to a server that gives these answers one after the other, the last one ever after. */
async function make(
  request: GatewayRequest,
  ...answers: readonly (() => Response | Promise<Response>)[]
): Promise<{ outcome: GatewayOutcome; asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const outcome = await makeRequest(request, {
    clock,
    timeoutMs: TIMEOUT_MS,
    fetch: async (url, { method = "", headers, body }) => {
      asked.push({ url, method, headers: new Headers(headers), body });
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (!answer) throw new Error("no answer");
      return answer();
    },
  });
  return { outcome, asked };
}

const redirect = (status: number, location: string) => () =>
  new Response(null, { status, headers: { location } });

/** What the SDK is given of an answer to `step.fetch`. */
async function fetched(response: Response, request = get): Promise<unknown> {
  const { outcome } = await make(request, () => response);
  return outcome.kind === "answered" ? JSON.parse(outcome.dataJson) : outcome;
}

describe("step.fetch", () => {
  test("gives address, headers, body and status, without what is secret in the address", async () => {
    const response = new Response("hello", { status: 201, headers: { "x-a": "1" } });
    expect(await fetched(response)).toEqual({
      url: "http://api.test/a",
      headers: { "x-a": "1" },
      body: "hello",
      status_code: 201,
    });
  });

  test.each([400, 404, 429, 500, 503])("takes the status %p for an answer", async (status) => {
    expect(await fetched(new Response("no", { status }))).toMatchObject({
      status_code: status,
      body: "no",
    });
  });

  test.each([204, 304])("gives no body with status %p", async (status) => {
    expect(await fetched(new Response(null, { status }))).toMatchObject({ body: null });
  });

  test("leaves out headers of a body that is decoded by now, and joins cookies", async () => {
    const headers = new Headers({ "content-length": "9", "content-encoding": "br" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    expect(await fetched(new Response(null, { headers }))).toMatchObject({
      headers: { "set-cookie": "a=1, b=2" },
    });
    expect(await fetched(new Response(null, { headers }))).not.toHaveProperty([
      "headers",
      "content-length",
    ]);
  });

  test("sends method, headers and body as the step gave them", async () => {
    const { asked } = await make(post, () => new Response("ok"));
    expect(asked).toMatchObject([{ url: post.url, method: "POST", body: "text" }]);
    expect(asked[0]?.headers.get("x-api-key")).toBe("secret-key");
  });

  test("fails for good when the answer has more than 4 MB, and reads no more of it", async () => {
    let sentBytes = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sentBytes += MEBIBYTE;
        controller.enqueue(new Uint8Array(MEBIBYTE));
      },
    });
    expect(await fetched(new Response(endless))).toMatchObject({
      kind: "failed",
      mayRetry: false,
      error: { name: "GatewayError", message: "api.test answered more than 4194304 bytes" },
    });
    expect(sentBytes).toBeLessThan(8 * MEBIBYTE);
  });

  test("fails for good when the answer has more than 4 MB as JSON", async () => {
    const quotes = new Response('"'.repeat(3 * MEBIBYTE));
    expect(await fetched(quotes)).toMatchObject({ kind: "failed", mayRetry: false });
  });
});

describe("a redirect of step.fetch", () => {
  test.each([
    [301, "GET", null],
    [302, "GET", null],
    [303, "GET", null],
    [307, "POST", "text"],
    [308, "POST", "text"],
  ])("with status %p goes on as %s", async (status, method, body) => {
    const { outcome, asked } = await make(
      post,
      redirect(status, "/b?x=1"),
      () => new Response("b"),
    );
    expect(asked[1]).toMatchObject({ url: "http://api.test/b?x=1", method, body });
    expect(outcome).toMatchObject({
      kind: "answered",
      dataJson: expect.stringContaining("http://api.test/b"),
    });
  });

  test("keeps the headers at its origin, and takes none that may be secret to another (W2)", async () => {
    const answers = [redirect(307, "/b"), redirect(307, "https://api.test/c")];
    const { asked } = await make(get, ...answers, () => new Response("c"));
    expect(asked.map(({ headers }) => [headers.get("x-api-key"), headers.get("accept")])).toEqual([
      ["secret-key", "text/plain"],
      ["secret-key", "text/plain"],
      [null, "text/plain"],
    ]);
  });

  test.each(["file:///etc/passwd", "s3://bucket/x", "data:text/plain,x", "http://"])(
    "to %p fails for good (W2)",
    async (location) => {
      const { outcome, asked } = await make(get, redirect(302, location));
      expect(outcome).toMatchObject({ kind: "failed", mayRetry: false });
      expect(asked).toHaveLength(1);
    },
  );

  test("in a circle fails for good", async () => {
    const { outcome, asked } = await make(get, redirect(302, "/a"));
    expect(outcome).toMatchObject({ kind: "failed", mayRetry: false });
    expect(asked).toHaveLength(21);
  });

  test("without an address is the answer", async () => {
    expect(await fetched(new Response("here", { status: 302 }))).toMatchObject({
      status_code: 302,
      body: "here",
    });
  });
});

describe("a model", () => {
  test("gives the JSON of its answer, and the tokens that it counted", async () => {
    const { outcome } = await make(model, () => Response.json({ reply: "hi" }));
    expect(outcome).toMatchObject({ kind: "answered", dataJson: '{"reply":"hi"}', usage: null });
    const counting = await make(model, () => Response.json({ usage: { input_tokens: 5 } }));
    expect(counting.outcome).toMatchObject({ usage: { input_tokens: 5 } });
    expect(counting.outcome.facts).toMatchObject({ responseStatus: 200 });
  });

  test.each([
    [408, true],
    [429, true],
    [500, true],
    [302, false],
    [400, false],
    [401, false],
  ])("that answers %p may be asked again: %p", async (status, mayRetry) => {
    const { outcome, asked } = await make(model, () => {
      return new Response("no", { status, headers: { location: "http://other.test/" } });
    });
    expect(outcome).toMatchObject({ kind: "failed", mayRetry, error: { name: "AIGatewayError" } });
    expect(asked).toHaveLength(1);
  });

  test("that gives no JSON is asked again", async () => {
    const { outcome } = await make(model, () => new Response("<html>"));
    expect(outcome).toMatchObject({ kind: "failed", mayRetry: true });
  });
});

describe("a failure", () => {
  test("to reach anyone may be mended by a retry", async () => {
    const { outcome } = await make(get);
    expect(outcome).toMatchObject({
      kind: "failed",
      mayRetry: true,
      error: { name: "GatewayError", message: "api.test did not answer: no answer" },
    });
  });

  test("to answer in time may be mended by a retry", async () => {
    const { outcome } = await make(get, () => {
      throw new DOMException("aborted", "TimeoutError");
    });
    expect(outcome).toMatchObject({
      mayRetry: true,
      error: { message: "api.test did not answer: 1 minutes have passed" },
    });
  });

  test.each<[GatewayRequest, () => Response]>([
    [model, () => new Response(`bad key secret-key in ${model.url}`, { status: 401 })],
    [model, () => new Response(`${"x".repeat(495)}secret-key`, { status: 401 })],
    [model, () => new Response("secret-in-query secret-key")],
    [
      get,
      () => {
        throw new Error(`cannot reach ${get.url} with secret-key`);
      },
    ],
  ])("tells no secret of the request (W1): case %#", async (request, answer) => {
    const { outcome } = await make(request, answer);
    expect(outcome.kind).toBe("failed");
    expect(JSON.stringify(outcome)).not.toContain("secre");
  });
});

describe("over a real socket", () => {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url, headers }) => {
      const { pathname } = new URL(url);
      if (pathname === "/from") return redirect(302, "/to")();
      if (pathname === "/zip") {
        const body = Bun.gzipSync(Buffer.from("unpacked"));
        return new Response(body, { headers: { "content-encoding": "gzip" } });
      }
      return new Response(`key ${headers.get("x-api-key")}`);
    },
  });
  afterAll(() => server.stop(true));

  const over = async (path: string) => {
    const request = { ...get, url: `http://127.0.0.1:${server.port}${path}` };
    const outcome = await makeRequest(request, {
      fetch,
      clock: systemClock,
      timeoutMs: TIMEOUT_MS,
    });
    return outcome.kind === "answered" ? JSON.parse(outcome.dataJson) : outcome;
  };

  test("redirects are followed", async () => {
    expect(await over("/from")).toMatchObject({ status_code: 200, body: "key secret-key" });
  });

  test("packed bodies are unpacked", async () => {
    const { body, headers } = await over("/zip");
    expect([body, headers["content-encoding"]]).toEqual(["unpacked", undefined]);
  });
});
