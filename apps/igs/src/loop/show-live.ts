import { type Clock, systemClock } from "../clock.ts";
import type { Connection } from "../connect.ts";
import type { CliContext } from "../context.ts";
import type { Io } from "../output/io.ts";
import { LiveScreen } from "../output/live-screen.ts";
import { renderUtterance } from "./describe-agent-output.ts";
import { describeAgentLine, describeFact } from "./describe-fact.ts";
import { getLoop, type NamedLoop } from "./find-loop.ts";
import { createActivityReader } from "./loop-programs.ts";
import { loopReport } from "./loop-report.ts";
import { renderLoop, type SeenLoop } from "./render-loop.ts";
import { findRoleNow } from "./role-now.ts";
import { watchLoop } from "./watch-loop.ts";

export interface LiveOptions {
  readonly io: Io;
  readonly context: CliContext;
  readonly connection: Connection;
  readonly named: NamedLoop;
  readonly signal: AbortSignal;
  /** Begins with what has happened already. */
  readonly tellsPast: boolean;
  /** Also everything that agents say; without the table. */
  readonly tellsOutput: boolean;
  /** Only what concerns this story. */
  readonly storyId?: string | undefined;
  readonly clock?: Clock;
}

/** Lines that head, table and the words below need beside the stories. */
const OTHER_ROWS = 11;

/**
 * Shows a loop until nothing goes on by itself: for people the table drawn in its place, with lines for
 * what happens above it; for programs one object a line.
 */
export async function showLive(options: LiveOptions): Promise<SeenLoop> {
  const { io, context, connection, named, tellsOutput, clock = systemClock } = options;
  const { api, settings } = connection;
  const activity = createActivityReader(api, settings.workerOrigin);
  const screen = io.isJson || context.env["TERM"] === "dumb" ? null : new LiveScreen(context);
  const say: Io["emit"] = (record, text) => {
    if (screen !== null && text !== null) screen.print(text);
    else io.emit(record, text);
  };
  const look = createLook({ io, screen: tellsOutput ? null : screen, tellsOutput });
  let storyNow: string | null = null;
  const isWanted = (about: object) =>
    options.storyId === undefined || ("storyId" in about && about.storyId === options.storyId);
  try {
    return await watchLoop({
      ...{ clock, signal: options.signal, tellsPast: options.tellsPast },
      load: (nowMs) => getLoop(named, nowMs),
      lookAtActivity: () => activity.read(named.loopId),
      onFact: (fact) => {
        if (!isWanted(fact)) return;
        say({ type: "fact", fact }, withTime(fact.at, describeFact(fact, io.paint)));
      },
      onAgentRun: (run) => {
        if (!isWanted(run)) return;
        say({ type: "agent-run", run }, withTime(run.at, describeAgentLine(run, io.paint)));
      },
      onUtterance: (said) => {
        if (!tellsOutput || !isWanted({ storyId: storyNow })) return;
        say({ type: "output", ...said }, renderUtterance(said, io.paint));
      },
      onLook: (seen) => {
        storyNow = findRoleNow(seen.loop.state)?.storyId ?? null;
        look(seen);
      },
    });
  } finally {
    screen?.clear();
  }

  function withTime(at: string, text: string | null): string | null {
    if (text === null) return null;
    return `${io.paint.faint(new Date(at).toLocaleTimeString("sv-SE"))} ${text}`;
  }
}

function createLook(options: {
  readonly io: Io;
  readonly screen: LiveScreen | null;
  readonly tellsOutput: boolean;
}): (seen: SeenLoop) => void {
  const { io, screen, tellsOutput } = options;
  let told = "";
  return (seen) => {
    if (screen !== null) {
      const { columns, rows } = screen.size;
      const storiesMax = Math.max(3, rows - OTHER_ROWS);
      screen.draw(renderLoop(seen, { paint: io.paint, columnsMax: columns - 1, storiesMax }));
      return;
    }
    if (!io.isJson || tellsOutput) return;
    const { status, now, iteration, spent, stories } = loopReport(seen);
    // Without what changes with every look.
    const standing = stories.map(({ elapsedMs: _elapsedMs, ...story }) => story);
    const text = JSON.stringify({ status, now, iteration, spent, stories: standing });
    if (text === told) return;
    told = text;
    io.emit({ type: "status", status, now, iteration, spent, stories: standing }, null);
  };
}
