import { fileURLToPath } from "node:url";
import { bunArgv } from "./bun-argv.ts";
import { readLines } from "./lines.ts";
import type { PartSpec, ReadyWatch } from "./part.ts";

export interface PartExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A started part. */
export interface PartProcess {
  readonly pid: number;
  readonly ready: Promise<void>;
  readonly exited: Promise<PartExit>;
  /** Asks it to stop, and kills it after its spec's bound. Returns once it has ended. */
  stop(): Promise<void>;
}

export type StartPart = (spec: PartSpec, tellLine: (line: string) => void) => PartProcess;

/**
 * Starts a part in a session of its own: a terminal's Ctrl-C goes to the whole foreground group, and
 * would end all parts at once, in no order.
 */
export const startPart: StartPart = (spec, tellLine) => {
  const child = Bun.spawn([...watching(spec.argv)], {
    cwd: spec.cwd,
    env: { ...spec.env, IGS_PARENT_PID: String(process.pid) },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  const ended = new AbortController();
  const firstLine = Promise.withResolvers<string | null>();
  let isFirst = true;
  const outputs = Promise.all([
    tellLines(child.stdout, (line) => {
      firstLine.resolve(line);
      if (!isFirst || !spec.isFirstLineOurs) tellLine(line);
      isFirst = false;
    }),
    tellLines(child.stderr, tellLine),
  ]);
  const exited = child.exited.then(async (): Promise<PartExit> => {
    // What a grandchild keeps open must not keep us here.
    await Promise.race([outputs, Bun.sleep(OUTPUT_GRACE_MS)]);
    firstLine.resolve(null);
    ended.abort();
    return {
      exitCode: child.exitCode,
      signal: child.signalCode === null ? null : String(child.signalCode),
    };
  });
  const watch: ReadyWatch = { firstLine: firstLine.promise, signal: ended.signal };
  return {
    pid: child.pid,
    ready: spec.waitUntilReady(watch),
    exited,
    async stop() {
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), spec.stopMaxMs);
      await exited;
      clearTimeout(kill);
    },
  };
};

const leaveWithParent = fileURLToPath(new URL("./leave-with-parent.ts", import.meta.url));

/** Our own parts watch whether we live; for others somebody has to. */
function watching(argv: readonly string[]): readonly string[] {
  return argv[0] === process.execPath ? argv : bunArgv([leaveWithParent, ...argv]);
}

const OUTPUT_GRACE_MS = 500;

async function tellLines(
  stream: ReadableStream<Uint8Array>,
  tellLine: (line: string) => void,
): Promise<void> {
  for await (const line of readLines(stream)) tellLine(line);
}
