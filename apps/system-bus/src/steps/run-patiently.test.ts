import { expect, test } from "bun:test";
import type { EndedProgram, Programs } from "@system-bus/programs";
import { WorkerError } from "../worker-error.ts";
import { runPatiently } from "./run-patiently.ts";

const ended: EndedProgram = {
  key: "k",
  endedBy: "exit",
  exitCode: 1,
  signal: null,
  stdoutPath: "",
  stderrPath: "",
  dir: "",
  attempt: 1,
  startedAt: "2026-01-05T12:00:00.000Z",
  endedAt: "2026-01-05T12:00:01.000Z",
  outputDroppedBytes: 0,
};
const spec = { command: "x", args: [], wallClockMaxMs: 1, attemptsMax: 1 };

/** Each program ends at once; `outcomes` is what reading it comes to. */
async function run(outcomes: readonly (string | Error)[], pausesMs: readonly number[]) {
  const happened: string[] = [];
  const shown: string[] = [];
  const left = [...outcomes];
  const programs: Pick<Programs, "run"> = {
    run: (_step, id, { read }) => {
      happened.push(id);
      return read(ended);
    },
  };
  const step = {
    run: <T>(_id: string, work: () => Promise<T>) => work(),
    waitForEvent: async () => null,
    sleep: async ({ id, name }: { id: string; name: string }, durationMs: number) => {
      shown.push(name);
      happened.push(`${id} ${durationMs}`);
    },
  };
  const end = await runPatiently(programs, step, {
    id: "download",
    runId: "r",
    spec,
    pausesMs,
    read: async () => {
      const outcome = left.shift();
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  }).catch((error: unknown) => error);
  return { end, happened, shown };
}

const away = new WorkerError("VIDEO_UNREACHABLE", "the server is away");

test("a program that goes well runs once", async () => {
  expect(await run(["file"], [10, 20])).toMatchObject({ end: "file", happened: ["download"] });
});

test("what may pass is tried again, asleep in between", async () => {
  expect(await run([away, away, "file"], [10, 20])).toMatchObject({
    end: "file",
    happened: [
      "download",
      "download:pause-1 10",
      "download:again-1",
      "download:pause-2 20",
      "download:again-2",
    ],
  });
});

test("while it sleeps, the run says why", async () => {
  const long = new WorkerError("VIDEO_UNREACHABLE", `the server said:\n${"x".repeat(500)}`);
  const { shown } = await run([away, long, "file"], [10, 20]);
  expect(shown).toEqual([
    "download:pause-1 (the server is away)",
    expect.stringMatching(/^download:pause-2 \(the server said: x{100,200}…\)$/),
  ]);
});

test("when it does not pass, the last word is the reason, and the run is not retried", async () => {
  const { end, happened } = await run([away, away], [10]);
  expect(end).toMatchObject({ name: "NonRetriableError", message: "the server is away" });
  expect(happened).toEqual(["download", "download:pause-1 10", "download:again-1"]);
});

test("what can't pass is not tried again", async () => {
  const { end, happened } = await run([new WorkerError("VIDEO_MISSING", "404")], [10, 20]);
  expect(end).toMatchObject({ name: "NonRetriableError", message: "404" });
  expect(happened).toEqual(["download"]);
});

test("a fault of our own is neither hidden nor waited for", async () => {
  const { end, happened } = await run([new TypeError("a surprise")], [10]);
  expect(end).toBeInstanceOf(TypeError);
  expect(happened).toEqual(["download"]);
});
