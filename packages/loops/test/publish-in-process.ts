// Publishing in a process of its own, so that it can be killed.

import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Publication } from "../src/git/publish.ts";

const SCRIPT = `
import { publish } from ${JSON.stringify(join(import.meta.dir, "../src/git/publish.ts"))};
await publish(JSON.parse(process.env.PUBLICATION));
`;

/** The signal that ended it, or its exit code. `killAfterMs`: it and every process of its group. */
export async function publishInProcess(
  publication: Publication,
  env: Readonly<Record<string, string>>,
  killAfterMs?: number,
): Promise<string | number | null> {
  const child = Bun.spawn([process.execPath, "-e", SCRIPT], {
    env: { ...process.env, ...env, PUBLICATION: JSON.stringify(publication) },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  });
  if (killAfterMs !== undefined) {
    await Promise.race([Bun.sleep(killAfterMs), child.exited]);
    if (child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  }
  await child.exited;
  return child.signalCode ?? child.exitCode;
}

export interface Killing {
  /** Which of its git processes, from 1. */
  readonly call: number;
  readonly when: "before" | "after" | "during";
}

/** A PATH with a git before the real one that kills whoever called it, and with `during` itself. */
export async function killingGit(root: string, { call, when }: Killing): Promise<string> {
  const bin = join(root, `bin-${call}-${when}`);
  await mkdir(bin, { recursive: true });
  const count = join(bin, "count");
  await writeFile(count, "0");
  const real = Bun.which("git");
  const acts = {
    before: "kill -9 $PPID",
    after: `'${real}' "$@"; kill -9 $PPID`,
    during: `'${real}' "$@" <&0 & sleep 0.002; kill -9 $! $PPID`,
  };
  await writeFile(
    join(bin, "git"),
    `#!/bin/sh
n=$(($(cat '${count}') + 1)); echo $n > '${count}'
if [ $n -ne ${call} ]; then exec '${real}' "$@"; fi
${acts[when]}
`,
  );
  await chmod(join(bin, "git"), 0o755);
  return `${bin}${delimiter}${process.env["PATH"]}`;
}
