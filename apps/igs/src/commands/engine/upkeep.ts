// What is done with the engine's database: while it runs, over its API, or with its file when it doesn't.

import { buildCommand } from "@stricli/core";
import { proposeFiles } from "../../completion/file-proposals.ts";
import { connectionFlags, jsonFlag, text, withExamples } from "../common-flags.ts";

const dataFlag = {
  kind: "parsed",
  parse: text,
  proposeCompletions: proposeFiles,
  optional: true,
  placeholder: "folder",
  brief: "The engine's data folder, instead of that of `igs start`",
} as const;

const fileArgument = (brief: string) =>
  ({
    kind: "tuple",
    parameters: [{ brief, parse: text, proposeCompletions: proposeFiles, placeholder: "file" }],
  }) as const;

export const backupCommand = buildCommand({
  loader: async () => (await import("../../actions/engine-backup.ts")).engineBackup,
  parameters: {
    positional: fileArgument("Where the backup goes"),
    flags: {
      data: dataFlag,
      force: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Replace a file that is there",
      },
      ...connectionFlags,
    },
  },
  docs: {
    brief: "Copy the engine's database into a file, also while it runs",
    fullDescription: withExamples(
      `Copy the engine's database into a file: whole, of one moment, checked, readable by you only.

While the engine runs it reads the copy itself and goes on meanwhile; with the engine stopped it is read
from the data folder. The file has its name only when it is done: Ctrl-C leaves nothing.`,
      [
        "igs engine backup ~/backups/bus.db",
        "igs engine backup --force ~/backups/latest.db",
        "igs engine backup --engine-url http://bus:8288 bus.db",
      ],
    ),
  },
});

export const restoreCommand = buildCommand({
  loader: async () => (await import("../../actions/engine-restore.ts")).engineRestore,
  parameters: {
    positional: fileArgument("The backup"),
    flags: { data: dataFlag, json: jsonFlag },
  },
  docs: {
    brief: "Put a backup in the place of a stopped engine's database",
    fullDescription: withExamples(
      `Put a backup in the place of a stopped engine's database. The backup is checked first; one that is damaged,
or of a later release, is refused. The old database is kept under another name.

What had happened after the backup has not happened: runs that had ended since may go on again, and their
steps run once more.`,
      ["igs engine restore ~/backups/bus.db", "igs engine restore bus.db --data ./state"],
    ),
  },
});

export const checkCommand = buildCommand({
  loader: async () => (await import("../../actions/engine-check.ts")).engineCheck,
  parameters: {
    flags: {
      data: dataFlag,
      file: {
        kind: "parsed",
        parse: text,
        proposeCompletions: proposeFiles,
        optional: true,
        placeholder: "file",
        brief: "Check this file, such as a backup, instead of a data folder",
      },
      repair: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Put right what can only be put right in one way",
      },
      json: jsonFlag,
    },
  },
  docs: {
    brief: "Check a stopped engine's database, or a backup",
    fullDescription: withExamples(
      `Check a stopped engine's database, or a backup: the file itself, and everything that the engine relies on
between its tables. Each finding says what it means and which rows it is about. Nothing is changed
without --repair. Ends with 1 when something was found.`,
      ["igs engine check", "igs engine check --file ~/backups/bus.db", "igs engine check --repair"],
    ),
  },
});

export const compactCommand = buildCommand({
  loader: async () => (await import("../../actions/engine-compact.ts")).engineCompact,
  parameters: { flags: { data: dataFlag, ...connectionFlags } },
  docs: {
    brief: "Give the free room of the engine's database back to the disk",
    fullDescription: withExamples(
      `Give the free room of the engine's database back to the disk. A running engine does it a little at a time,
and goes on meanwhile; a stopped engine's file is written anew, which needs room for a second one.`,
      ["igs engine compact", "igs engine compact --data ./state"],
    ),
  },
});
