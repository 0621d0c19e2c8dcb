// Traces that leave the embedded engine, over a real socket.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { z } from "zod";
import { Processes } from "./processes.ts";

let processes: Processes;
const bodies: { readonly path: string; readonly tenant: string | null; readonly body: unknown }[] =
  [];
let receiver: Bun.Server<undefined>;

beforeEach(async () => {
  bodies.length = 0;
  receiver = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const { pathname: path } = new URL(request.url);
      bodies.push({ path, tenant: request.headers.get("x-tenant"), body: await request.json() });
      return Response.json({});
    },
  });
  processes = await Processes.create();
});
afterEach(async () => {
  await processes.end();
  await receiver.stop(true);
});

const TraceSchema = z.object({
  resourceSpans: z.array(
    z.object({ scopeSpans: z.array(z.object({ spans: z.array(z.object({ name: z.string() })) })) }),
  ),
});

const spanNames = (body: unknown) =>
  TraceSchema.parse(body)
    .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans.map(({ name }) => name));

test("a run's trace goes to the collector of the environment, at the latest when the engine stops", async () => {
  processes.setEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url.href);
  processes.setEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=home");
  await processes.startEngine();
  await processes.startWorker();
  const sent = await processes.igs(["send", "demo/second", "--data", "{}", "--follow"]);
  expect(sent.exitCode).toBe(0);
  expect(await processes.stopEngine()).toBe(0);
  expect(bodies.map(({ path, tenant }) => [path, tenant])).toEqual([["/v1/traces", "home"]]);
  expect(spanNames(bodies[0]?.body)).toEqual(["second", "work"]);
}, 20_000);

test("`igs run ID --otlp` prints the trace itself, and what is wrong as any command does", async () => {
  await processes.startEngine();
  await processes.startWorker();
  await processes.igs(["send", "demo/second", "--data", "{}", "--follow"]);
  const { envelope } = await processes.igs(["runs"]);
  const { runs } = z.object({ runs: z.array(z.object({ id: z.string() })) }).parse(envelope.result);
  const shown = await processes.igs(["run", runs[0]?.id ?? "", "--otlp"]);
  expect(shown.exitCode).toBe(0);
  expect(spanNames(JSON.parse(shown.stdout))).toContain("second");
  const unknown = await processes.igs(["run", "01M7XX6RHXFQ11CGAZ6E55S500", "--otlp"]);
  expect(unknown.exitCode).not.toBe(0);
  expect(unknown.envelope).toMatchObject({ ok: false, error: { message: expect.any(String) } });
  expect(bodies).toEqual([]);
}, 20_000);
