import { resolve } from "node:path";
import {
  type BackupSource,
  type CheckReport,
  EngineError,
  openFolderBackup,
  writeBackup,
} from "@system-bus/engine";
import { createAction } from "../action.ts";
import type { ConnectionFlags } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { type DataFlags, dataFolder } from "../upkeep/data-folder.ts";
import { describeSize } from "../upkeep/describe-size.ts";
import { runLong } from "../upkeep/long-work.ts";
import { namedEngine } from "../upkeep/named-engine.ts";
import { openRunningBackup } from "../upkeep/running-engine.ts";

interface EngineBackupFlags extends ConnectionFlags, DataFlags {
  readonly force?: boolean;
}

interface OpenSource extends BackupSource {
  readonly from: string;
  close(): void;
}

export const engineBackup = createAction<EngineBackupFlags, [string]>(
  "engine backup",
  async ({ io, context }, flags, name) => {
    const file = resolve(context.cwd, name);
    const untouched = `There is no new file ${file}.`;
    const { report, from, sizeBytes } = await runLong(
      { io, context },
      untouched,
      async (options) => {
        const source = await openSource(context, flags, options.signal);
        try {
          const { sizeBytes, from } = source;
          const target = { file, mayReplace: flags.force === true, nowMs: Date.now() };
          return { report: await writeBackup(source, { ...target, ...options }), from, sizeBytes };
        } finally {
          source.close();
        }
      },
    );
    for (const warning of describeFindings(report)) io.warn(warning);
    const { runCount, unfinishedCount, findings } = report;
    return {
      result: { file, from, sizeBytes, runs: runCount, unfinishedRuns: unfinishedCount, findings },
      text: `${file}: ${describeSize(sizeBytes)}, ${runCount} runs, ${unfinishedCount} of them going on. Checked.`,
      nextActions: [
        {
          command: `igs engine restore ${name}`,
          description: "Put it in the place of a stopped engine's database",
        },
      ],
    };
  },
);

/** From the file where no engine runs, else from the engine that does. */
async function openSource(
  context: CliContext,
  flags: EngineBackupFlags,
  signal: AbortSignal,
): Promise<OpenSource> {
  if (flags.engineUrl !== undefined) return askEngine(context, flags, null, signal);
  const folder = dataFolder(context, flags);
  try {
    return Object.assign(openFolderBackup(folder), { from: folder });
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "DATA_IN_USE") throw error;
    return askEngine(context, flags, folder, signal);
  }
}

async function askEngine(
  context: CliContext,
  flags: EngineBackupFlags,
  folder: string | null,
  signal: AbortSignal,
): Promise<OpenSource> {
  const engine = namedEngine(context, flags, folder);
  const source = await openRunningBackup(engine, signal);
  return { ...source, from: engine.url, close: () => {} };
}

function describeFindings({ findings }: CheckReport): readonly string[] {
  return findings.map(({ rule, count, meaning }) => `${rule} (${count}): ${meaning}`);
}
