// The queries that the SDK's public tests send: protocol notes, section 1.10.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { HttpFixture, START_MS } from "./fixture.ts";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
  http.addApp();
  http.addFunction({ slug: "demo-ok", name: "All kinds of steps" });
});
afterEach(() => http.close());

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string }[];
}

async function ask(query: string, variables: object = {}): Promise<Answer> {
  const response = await http.post("/v0/gql", { query, variables });
  // The shape of any GraphQL answer.
  return (await response.json()) as Answer;
}

const ERROR = {
  name: "Error",
  message: "A failed!",
  stack: "Error: A failed!",
  __serialized: true,
};
const completed = {
  status: "COMPLETED",
  outputJson: '{"body":"Hello"}',
  endedAtMs: START_MS + 9,
} as const;
const failed = {
  status: "FAILED",
  outputJson: JSON.stringify(ERROR),
  endedAtMs: START_MS + 9,
} as const;

const TRACE = `query GetRunTimeline($runId: String!) {
  run(runID: $runId) {
    status
    trace(preview: true) {
      name stepType attempts outputID status stepID spanID
      metadata { scope kind values updatedAt }
      childrenSpans {
        name stepType attempts outputID status
        childrenSpans { name stepType attempts outputID status }
      }
    }
  }
}`;

const OUTPUT = `query ($outputId: String!) {
  runTraceSpanOutputByID(outputID: $outputId) { input data error { name message stack cause } }
}`;

interface SpanAnswer {
  readonly name: string;
  readonly outputID: string | null;
  readonly childrenSpans: readonly SpanAnswer[];
}

async function traceOf(runId: string): Promise<SpanAnswer> {
  const { data = {} } = await ask(TRACE, { runId });
  // Asked for by the query above, of a run that is there.
  const { run } = data as { run: { trace: SpanAnswer } };
  return run.trace;
}

const outputOf = async (span: SpanAnswer | undefined) =>
  (await ask(OUTPUT, { outputId: span?.outputID })).data?.["runTraceSpanOutputByID"];

describe("run", () => {
  test("gives a run's spans, steps with the index of their last attempt", async () => {
    const runId = http.addRun({ startedAtMs: START_MS, ending: completed });
    http.addStep(runId, { stepId: "s1", name: "load", valueJson: '{"data":1}', attempt: 1 });
    const { data } = await ask(TRACE, { runId });
    expect(data?.["run"]).toMatchObject({
      status: "COMPLETED",
      trace: {
        name: "All kinds of steps",
        status: "COMPLETED",
        stepID: null,
        metadata: [],
        childrenSpans: [
          { name: "load", stepType: "RUN", attempts: 1, status: "COMPLETED" },
          { name: "Finalization", stepType: "FINALIZATION", status: "COMPLETED" },
        ],
      },
    });
  });

  test("shows steps that wait as waiting, without an output", async () => {
    const runId = http.addRun({ startedAtMs: START_MS });
    http.addStep(runId, {
      stepId: "s1",
      name: "nap",
      kind: "sleep",
      status: "open",
      endedAtMs: null,
    });
    const trace = await traceOf(runId);
    expect(trace.childrenSpans).toMatchObject([
      { name: "nap", stepType: "SLEEP", status: "WAITING", outputID: null },
    ]);
  });

  test("is null for a run that is not there", async () => {
    expect(await ask(TRACE, { runId: "none" })).toEqual({ data: { run: null } });
  });
});

describe("runTraceSpanOutputByID", () => {
  test("gives a value as JSON text, unwrapped: of a step, of the function and of the run", async () => {
    const runId = http.addRun({ startedAtMs: START_MS, ending: completed });
    http.addStep(runId, { stepId: "s1", inputJson: "[1]", valueJson: '{"data":{"x":1}}' });
    const trace = await traceOf(runId);
    const [step, finalization] = trace.childrenSpans;
    expect(await outputOf(step)).toEqual({ input: "[1]", data: '{"x":1}', error: null });
    expect(await outputOf(finalization)).toMatchObject({ data: '{"body":"Hello"}' });
    expect(await outputOf(trace)).toMatchObject({ data: '{"body":"Hello"}' });
  });

  test("gives the error of what failed", async () => {
    const runId = http.addRun({ startedAtMs: START_MS, ending: failed });
    const value = { status: "failed", valueJson: JSON.stringify({ error: ERROR }) } as const;
    http.addStep(runId, { stepId: "s1", ...value });
    const trace = await traceOf(runId);
    const { name, message, stack } = ERROR;
    const answer = { input: null, data: null, error: { name, message, stack, cause: null } };
    expect(await outputOf(trace.childrenSpans[0])).toEqual(answer);
    expect(await outputOf(trace)).toEqual(answer);
  });

  test.each(["", "nonsense", "none:none"])("is null for %p", async (outputId) => {
    expect(await ask(OUTPUT, { outputId })).toEqual({ data: { runTraceSpanOutputByID: null } });
  });
});

describe("events", () => {
  test("are found by id, with the sender's own id and the event as JSON text", async () => {
    const id = http.addEvent("demo/ok", { foo: "bar" }, "mine");
    const { data } = await ask(
      "query Event($id: ULID!) { eventV2(id: $id) { idempotencyKey name raw } }",
      { id },
    );
    expect(data?.["eventV2"]).toMatchObject({ idempotencyKey: "mine", name: "demo/ok" });
    expect(JSON.stringify(data)).toContain('\\"data\\":{\\"foo\\":\\"bar\\"}');
  });

  test("that are not there are an error", async () => {
    const id = "01M7XX6RHXFQ11CGAZ6E55S500";
    const answer = await ask("query ($id: ULID!) { eventV2(id: $id) { name } }", { id });
    expect(answer).toMatchObject({
      data: { eventV2: null },
      errors: [{ message: expect.any(String) }],
    });
  });

  test("are listed with their data as JSON text, the engine's own too", async () => {
    http.addEvent("demo/ok", { foo: "bar" });
    http.addEvent("inngest/function.finished");
    const { data } = await ask(
      "query Events($query: EventsQuery!) { events(query: $query) { id name payload } }",
      { query: {} },
    );
    expect(data?.["events"]).toMatchObject([
      { name: "inngest/function.finished" },
      { name: "demo/ok", payload: '{"foo":"bar"}' },
    ]);
  });

  test("are a stream of events with their runs", async () => {
    const eventInternalId = http.addEvent("demo/ok");
    const runId = http.addRun({ eventInternalId });
    http.addEvent("inngest/function.finished");
    const { data } = await ask(`query GetEventStream {
      stream(query: {limit: 999, includeInternalEvents: false}) { id trigger runs { id function { name } } }
    }`);
    expect(data?.["stream"]).toEqual([
      {
        id: eventInternalId,
        trigger: "demo/ok",
        runs: [{ id: runId, function: { name: "All kinds of steps" } }],
      },
    ]);
  });
});

describe("a query", () => {
  test("that cannot be read says why", async () => {
    expect((await ask("{")).errors?.[0]?.message).toContain("Syntax Error");
    expect((await ask("{ nothing }")).errors?.[0]?.message).toContain("nothing");
    expect((await http.post("/v0/gql", {})).status).toBe(400);
    expect((await http.post("/v0/gql", "[]")).status).toBe(400);
  });

  test("that asks for too much at once is refused", async () => {
    const many = Array.from({ length: 600 }, (_, i) => `a${i}: __typename`).join(" ");
    expect((await ask(`{ ${many} }`)).errors?.[0]?.message).toContain("token");
    const long = await http.post("/v0/gql", { query: " ".repeat(70_000) });
    expect(long.status).toBe(413);
    expect(await long.json()).toEqual({ errors: [{ message: expect.any(String) }] });
  });
});

describe("apps and functions", () => {
  test("are listed as apps have them now, with what starts them", async () => {
    const triggers = [
      { kind: "event", event: "demo/slow", expression: "event.data.x > 1" },
      { kind: "cron", cron: "0 5 * * *" },
    ] as const;
    const slowId = http.addFunction({ slug: "demo-slow", triggers });
    http.store.apps.pauseFunction(slowId, { atMs: START_MS, holdsRuns: true });
    http.addFunction({ slug: "demo-gone" });
    http.store.apps.archiveFunction("function-demo-gone", 1);
    const { data } = await ask(`{
      apps { externalID url functionCount functions { slug } }
      functions { id slug name appName isPaused triggers { type value condition } }
    }`);
    expect(data).toEqual({
      apps: [
        {
          externalID: "demo",
          url: "http://127.0.0.1:3111/demo",
          functionCount: 2,
          functions: [{ slug: "demo-ok" }, { slug: "demo-slow" }],
        },
      ],
      functions: [
        {
          id: "function-demo-ok",
          slug: "demo-ok",
          name: "All kinds of steps",
          appName: "demo",
          isPaused: false,
          triggers: [{ type: "EVENT", value: "demo/ok", condition: null }],
        },
        {
          id: "function-demo-slow",
          slug: "demo-slow",
          name: "demo-slow",
          appName: "demo",
          isPaused: true,
          triggers: [
            { type: "EVENT", value: "demo/slow", condition: "event.data.x > 1" },
            { type: "CRON", value: "0 5 * * *", condition: null },
          ],
        },
      ],
    });
  });
});
