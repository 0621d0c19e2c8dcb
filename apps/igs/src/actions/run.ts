import { hasEnded } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { type Connection, type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import type { Answer, NextAction } from "../output/envelope.ts";
import type { Io } from "../output/io.ts";
import { LiveScreen } from "../output/live-screen.ts";
import { describeBrokenRun } from "../run/broken-run.ts";
import { renderRun } from "../run/render-run.ts";
import { type RunNode, RunTreeLoader } from "../run/run-tree.ts";
import { watchRun } from "../run/watch-run.ts";

interface RunFlags extends ConnectionFlags {
  readonly otlp?: boolean;
  readonly watch?: boolean;
}

const COLUMNS = 100;

export const run = createAction<RunFlags, [string]>(
  "run",
  async ({ io, context }, flags, runId) => {
    const connection = connect(context, flags);
    const { api } = connection;
    if (flags.otlp) {
      const trace = await api.getOtlpTrace(runId, { includeOutput: true });
      // As it is, without an envelope: a file that other tools read.
      context.stdout.write(`${JSON.stringify(trace)}\n`);
      return { result: trace, text: "", isTold: true };
    }
    if (flags.watch) return watch({ io, context, connection }, runId);
    const node = await new RunTreeLoader(api).load(runId);
    return {
      result: node,
      text: renderRun(node, { ...lookOf(io), nowMs: Date.now() }),
      nextActions: nextActionsFor(node),
    };
  },
);

interface WatchScene {
  readonly io: Io;
  readonly context: CliContext;
  readonly connection: Connection;
}

/** For people the run drawn in its place, for programs one object whenever it has changed. */
async function watch({ io, context, connection }: WatchScene, runId: string): Promise<Answer> {
  const { api, updates } = connection;
  const loader = new RunTreeLoader(api);
  const screen = io.isJson || context.env["TERM"] === "dumb" ? null : new LiveScreen(context);
  const clock = systemClock;
  let told = "";
  const { seen: node } = await watchRun({
    ...{ updates, clock, signal: context.listenForStop() },
    load: () => loader.load(runId),
    onLook(seen) {
      if (screen) {
        const { columns: columnsMax } = screen.size;
        screen.draw(renderRun(seen, { paint: io.paint, columnsMax, nowMs: clock.nowMs() }));
      }
      const text = JSON.stringify(seen);
      if (text !== told) io.emit({ type: "run", ...seen }, null);
      told = text;
    },
    onLost: (message) => io.emit({ type: "engine-lost", message }, message),
    onBack: () => io.emit({ type: "engine-back" }, "The engine answers again."),
  }).finally(() => screen?.clear());
  if (!node) return { result: null, text: "" };
  return {
    result: node,
    text: io.isJson ? "" : renderRun(node, { ...lookOf(io), nowMs: clock.nowMs() }),
    nextActions: nextActionsFor(node),
    ...failureOf(node),
  };
}

function lookOf({ paint, columnsMax = COLUMNS }: Io) {
  return { paint, columnsMax };
}

/** To stop watching is how it ends; a run that has failed under one's eyes is a failure. */
function failureOf({ run: seen }: RunNode): Pick<Answer, "failure" | "isFailureInText"> {
  const failure = describeBrokenRun({ ...seen, runId: seen.id, functionId: seen.function.id });
  return failure ? { failure, isFailureInText: true } : {};
}

function nextActionsFor({ run: found }: RunNode): readonly NextAction[] {
  if (!hasEnded(found.status)) {
    return [
      { command: `igs run ${found.id} --watch`, description: "Watch it live" },
      { command: `igs cancel ${found.id}`, description: "Stop this run" },
    ];
  }
  return [{ command: `igs rerun ${found.id}`, description: "Run it again with the same event" }];
}
