// What the fakes of docker and kubectl have in common: a client that writes its command lines down, and can
// be made to kill who called it.

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientEnd } from "../../src/containers/run-client.ts";

/** Ends a client, as `exit` does. */
class ClientExit extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function fail(message: string, exitCode: number): never {
  throw new ClientExit(message, exitCode);
}

export interface ClientCall {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: string;
}

export interface ClientContext {
  /** A line of its stdout. */
  readonly print: (text: string) => void;
  /** Does what changes something; looking is not counted. */
  readonly change: (work: () => Promise<void> | void) => Promise<void>;
}

export interface FakeClientOptions {
  readonly name: string;
  /** The folder in which everything is kept. */
  readonly state: string;
  /** Called before and after each change, with its number from 1: may end the caller. */
  readonly onChange: (name: string, count: number, moment: "before" | "after") => void;
}

/** One call of a fake client; `run` is what the fake knows to do. */
export async function callFake(
  { name, state, onChange }: FakeClientOptions,
  { argv }: ClientCall,
  run: (context: ClientContext) => Promise<void>,
): Promise<ClientEnd> {
  // As everyone on the machine can read it.
  appendFileSync(join(state, "calls.jsonl"), `${JSON.stringify([name, ...argv])}\n`);
  const lines: string[] = [];
  try {
    await run({
      print: (text) => void lines.push(text),
      async change(work) {
        const count = countChange(state, name);
        onChange(name, count, "before");
        await work();
        onChange(name, count, "after");
      },
    });
    return { exitCode: 0, stdout: `${lines.join("\n")}\n`, stderr: "" };
  } catch (error) {
    if (!(error instanceof ClientExit)) throw error;
    return { exitCode: error.exitCode, stdout: lines.join("\n"), stderr: error.message };
  }
}

function countChange(state: string, name: string): number {
  const file = join(state, `${name}-changes`);
  const count = (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0) + 1;
  writeFileSync(file, String(count));
  return count;
}
