// The command line from outside, as a program calls it: its output is no terminal, so it is JSON.

import { join } from "node:path";
import type { ChildProcess } from "./child-process.ts";
import type { Scratch } from "./scratch.ts";

export const checkout = join(import.meta.dir, "../..");

export function igsArgv(...args: readonly string[]): readonly string[] {
  return [process.execPath, "--no-env-file", join(checkout, "apps/igs/src/main.ts"), ...args];
}

/** As docs/cli.md promises it. */
export interface Envelope {
  readonly ok: boolean;
  readonly command: string;
  // What it holds differs by command; a test says what it expects of it.
  // biome-ignore lint/suspicious/noExplicitAny: read by tests with expectations of their own
  readonly result: any;
  readonly error?: { readonly code: string; readonly message: string };
  readonly fix?: string;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly envelope: Envelope;
}

export type Env = Readonly<Record<string, string>>;

/** Runs `igs` to its end. */
export async function runIgs(scratch: Scratch, env: Env, args: readonly string[]): Promise<Ended> {
  return readEnd(scratch.spawn(igsArgv(...args), { env }));
}

export async function readEnd(child: ChildProcess): Promise<Ended> {
  const exitCode = await child.exited();
  const stdout = child.textOf("stdout");
  return { exitCode, stdout, stderr: child.textOf("stderr"), envelope: readEnvelope(stdout) };
}

function readEnvelope(stdout: string): Envelope {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  // The contract of docs/cli.md; a test that finds less fails where it reads.
  return JSON.parse(line) as Envelope;
}
