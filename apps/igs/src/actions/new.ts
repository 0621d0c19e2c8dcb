import { relative, resolve } from "node:path";
import { BUS_APP_ID } from "@system-bus/events";
import { type CommonFlags, createAction } from "../action.ts";
import { loadSettings } from "../load-settings.ts";
import type { NextAction } from "../output/envelope.ts";
import { shellWord } from "../output/shell-word.ts";
import { RUNTIME_NAMES, type Runtime } from "../scaffold/runtimes.ts";
import { type Scaffolded, scaffoldWorker } from "../scaffold/scaffold-worker.ts";

export interface NewFlags extends CommonFlags {
  readonly runtime?: Runtime;
  readonly name?: string;
  readonly port?: number;
}

export const newWorker = createAction<NewFlags, [string]>(
  "new",
  async ({ context }, { runtime, name, port }, folder) => {
    const settings = loadSettings(context, { mode: "start" });
    const scaffolded = await scaffoldWorker({
      ...{ folder: resolve(context.cwd, folder), runtime, name, port },
      busPorts: [settings.enginePort, settings.workerPort],
      settingsFile: settings.settingsFile,
      busAppId: BUS_APP_ID,
    });
    return {
      result: scaffolded,
      text: describeScaffolded(scaffolded, context.cwd),
      nextActions: nextActions(scaffolded),
    };
  },
);

function describeScaffolded(scaffolded: Scaffolded, cwd: string): string {
  const { kind, runtime, folder, written, linesToAdd, commands } = scaffolded;
  const what = kind === "worker" ? `A worker for ${RUNTIME_NAMES[runtime]}` : "A function";
  const place = relative(cwd, folder) || ".";
  const lines = [
    written.length === 0
      ? `${place} has all files already; nothing was written.`
      : `${what}, in ${place}:\n${written.map((path) => `  ${path}`).join("\n")}`,
  ];
  if (linesToAdd !== null) {
    lines.push(`Add to the file that makes your ${RUNTIME_NAMES[runtime]} app:`, linesToAdd);
  }
  const inFolder = place === "." ? commands : [`cd ${shellWord(place)}`, ...commands];
  if (commands.length > 0) {
    lines.push(`Then:\n${inFolder.map((command) => `  ${command}`).join("\n")}`);
  }
  if (kind === "app") lines.push(`Once it runs, tell the engine of it:\n  ${REGISTER}`);
  return lines.join("\n\n");
}

/** An app has its own port; frameworks begin at this one. */
const REGISTER = "curl -X PUT http://localhost:3000/api/inngest";

function nextActions({ folder, commands, kind }: Scaffolded): readonly NextAction[] {
  const followed = commands.map((command) => ({
    command: `cd ${shellWord(folder)} && ${command}`,
    description: command.endsWith("dev") ? "Start it" : "Install what it needs",
  }));
  const send = `igs send task/process --data '{"url":"https://example.com/"}' --follow`;
  const registered = { command: REGISTER, description: "Tell the engine of your app, on its port" };
  return [
    ...followed,
    ...(kind === "app" ? [registered] : []),
    { command: send, description: "Send it something" },
  ];
}
