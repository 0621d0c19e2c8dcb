import { runBriefly } from "@system-bus/programs";
import { CliError } from "../output/failure.ts";
import { probeWorker } from "../status/probe-worker.ts";
import { listenOrigin } from "./worker-part.ts";

export interface PortUse {
  readonly host: string;
  readonly port: number;
  /** What wants the port, and the flag that gives it another one. */
  readonly part: "engine" | "worker";
}

/** Throws when the port is taken, and says by what as far as that can be found out. */
export async function checkPort({ host, port, part }: PortUse): Promise<void> {
  if (canListen(host, port)) return;
  const worker = await probeWorker(listenOrigin(host, port));
  const owner = await findListener(port);
  const by = worker
    ? `a System Bus worker with ${worker.functionCount} functions`
    : "another program";
  throw new CliError({
    code: "port-taken",
    message: `Port ${port}, which the ${part} wants, is taken by ${by}${owner === null ? "" : ` (${owner})`}.`,
    fix: `Stop it, or choose another port with --${part}-port.`,
  });
}

/** Ports that nothing listens on, each another one; for a person's `0`. */
export function findFreePorts(host: string, count: number): readonly number[] {
  const listeners = Array.from({ length: count }, () =>
    Bun.listen({ hostname: host, port: 0, socket: { data() {} } }),
  );
  const ports = listeners.map(({ port }) => port);
  for (const listener of listeners) listener.stop(true);
  return ports;
}

/** Throws when nothing could ever listen there. */
export function canListen(host: string, port: number): boolean {
  try {
    Bun.listen({ hostname: host, port, socket: { data() {} } }).stop(true);
    return true;
  } catch (error) {
    if (isInUse(error)) return false;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      {
        code: "settings",
        message: `Nothing can listen on ${host}:${port}: ${reason}`,
        fix: "Choose another --host or port; ports below 1024 need more rights.",
      },
      { cause: error },
    );
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

/** `bun, pid 1234`; null where neither lsof (macOS, most Linux) nor ss is there to ask. */
export async function findListener(port: number): Promise<string | null> {
  const lsof = await capture(["lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]);
  const byLsof = lsof === null ? null : readLsof(lsof);
  if (byLsof !== null) return byLsof;
  const ss = await capture(["ss", "-ltnpH", `sport = :${port}`]);
  return ss === null ? null : readSs(ss);
}

/** `p1234` and `cbun`, each on a line of its own. */
export function readLsof(text: string): string | null {
  const pid = /^p([0-9]+)$/m.exec(text)?.[1];
  const command = /^c(.+)$/m.exec(text)?.[1];
  return pid && command ? `${command}, pid ${pid}` : null;
}

/** `… users:(("bun",pid=1234,fd=12))` */
export function readSs(text: string): string | null {
  const [, command, pid] = /users:\(\("([^"]+)",pid=([0-9]+)/.exec(text) ?? [];
  return pid && command ? `${command}, pid ${pid}` : null;
}

async function capture(argv: readonly [string, ...string[]]): Promise<string | null> {
  // macOS has lsof where only an administrator's PATH leads.
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/bin` };
  return (await runBriefly(argv, { env, timeMaxMs: 2_000 }))?.stdout ?? null;
}
