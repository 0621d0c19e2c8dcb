// Runs one function as the official SDK runs it, without an engine: @inngest/test gives the run, the
// client's own `fetch` keeps the events that the function sends.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InngestTestEngine } from "@inngest/test";
import { type BusClient, type BusEvent, createBusClient } from "@system-bus/events";
import { readSettings, type Settings } from "@system-bus/settings";
import type { InngestFunction } from "inngest";
import { createProgramFinder, type ProgramFinder } from "../src/adapters/program-finder.ts";
import { type ClaimStore, createClaimStore } from "../src/claims/claim-store.ts";
import { createLogger } from "../src/logger.ts";
import { createVault, type Vault } from "../src/notes/vault.ts";
import { createDirectPrograms, type DirectPrograms } from "./direct-programs.ts";

export interface Harness {
  readonly folder: string;
  readonly client: BusClient;
  readonly settings: Settings;
  readonly vault: Vault;
  readonly claims: ClaimStore;
  readonly finder: ProgramFinder;
  readonly programs: DirectPrograms;
  /** What was sent to the engine, checked at the sending door. */
  readonly sent: BusEvent[];
  run(fn: InngestFunction.Any, event: Sent): Promise<RunEnd>;
  close(): Promise<void>;
}

type Sent =
  | BusEvent
  | { readonly name: string; readonly data: Record<string, unknown>; readonly id?: string };

export interface RunEnd {
  readonly result: unknown;
  /** The error's message; null when the run has ended well. */
  readonly error: string | null;
  readonly isNonRetriable: boolean;
}

export async function openHarness(env: Readonly<Record<string, string>> = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), "function-"));
  const settings = readSettings({
    env: { BUS_HOME: join(folder, "bus"), VAULT_PATH: join(folder, "vault"), ...env },
    home: folder,
    platform: "linux",
    mode: "dev",
  });
  const sent: BusEvent[] = [];
  const client = createBusClient({
    isDev: true,
    baseUrl: "http://127.0.0.1:1",
    logger: createLogger("silent"),
    fetch: keepEvents(sent),
  });
  return {
    folder,
    client,
    settings,
    sent,
    vault: createVault(settings.vault),
    claims: createClaimStore(settings.folders.claims),
    finder: createProgramFinder({ path: process.env["PATH"], home: folder }),
    programs: createDirectPrograms(folder),
    run: runFunction,
    close: () => rm(folder, { recursive: true }),
  };
}

function keepEvents(sent: BusEvent[]): typeof fetch {
  const answer = async (_input: unknown, init?: { body?: unknown }): Promise<Response> => {
    // The SDK posts a list of events; its middleware has checked each against its schema.
    const events = JSON.parse(String(init?.body)) as BusEvent[];
    sent.push(...events);
    return Response.json({ ids: events.map(() => crypto.randomUUID()), status: 200 });
  };
  // `preconnect`, which Bun's type of fetch has beside the call, is never asked for here.
  return answer as unknown as typeof fetch;
}

async function runFunction(fn: InngestFunction.Any, event: Sent): Promise<RunEnd> {
  const engine = new InngestTestEngine({
    function: fn,
    events: [{ ts: Date.parse("2026-01-05T12:00:00Z"), ...event }],
  });
  const { result, error } = await engine.execute();
  if (error === undefined) return { result, error: null, isNonRetriable: false };
  const { name, message } = readError(error);
  return { result, error: message, isNonRetriable: name === "NonRetriableError" };
}

function readError(error: unknown): { readonly name: string; readonly message: string } {
  const { name, message } = Object(error);
  return { name: String(name), message: String(message) };
}
