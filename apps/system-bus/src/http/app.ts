import type { ProgramStatus } from "@system-bus/programs";
import { type Context, Hono } from "hono";
import { withoutCredentials } from "../video/video-address.ts";
import { browserGuard } from "./browser-guard.ts";
import type { Examinations } from "./examinations.ts";
import type { Health } from "./health.ts";
import type { Metrics } from "./metrics.ts";

export interface AppDeps {
  readonly functionCount: number;
  readonly servePath: string;
  /** The SDK's handler. */
  readonly serve: (c: Context) => Promise<Response>;
  /** Names by which this worker may be called, beside loopback. */
  readonly ownHosts: readonly string[];
  readonly metrics: Metrics;
  /** With the ids of the functions: whoever checks what the engine knows compares them. */
  readonly health: () => Promise<Health & { readonly functions: readonly string[] }>;
  readonly isRegistered: () => boolean;
  readonly examinations: Examinations;
  readonly listPrograms: () => Promise<readonly ProgramStatus[]>;
}

export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  app.use(browserGuard(deps.ownHosts));

  app.get("/", (c) => c.json({ status: "running", functions: deps.functionCount }));
  app.get("/health", async (c) => c.json(await deps.health()));
  app.get("/programs", async (c) => {
    const programs = await deps.listPrograms();
    return c.json({ programs: programs.map(withoutSecrets) });
  });
  app.get("/examine/:what", async (c) => {
    const what = c.req.param("what");
    const examine = Object.hasOwn(deps.examinations, what) ? deps.examinations[what] : undefined;
    if (examine === undefined) return c.json({ error: `Nothing is examined as ${what}` }, 404);
    return c.json({ [what]: await examine() });
  });
  app.get("/metrics", async (c) => {
    const programCounts = countStates(await deps.listPrograms());
    const isRegistered = deps.isRegistered();
    const { functionCount, metrics } = deps;
    const text = await metrics.render({ functionCount, isRegistered, programCounts });
    return c.text(text, 200, { "content-type": metrics.contentType });
  });

  app.use(deps.servePath, deps.metrics.countCalls);
  app.on(["GET", "POST", "PUT"], deps.servePath, deps.serve);
  return app;
}

/** A program's last line may show the address that it was given, password and all. */
function withoutSecrets(program: ProgramStatus): ProgramStatus {
  const { lastLine } = program;
  return lastLine === null ? program : { ...program, lastLine: withoutCredentials(lastLine) };
}

function countStates(programs: readonly ProgramStatus[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of programs) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
