import type { Examination } from "./examination.ts";
import { agents } from "./examinations/agents.ts";
import { archive } from "./examinations/archive.ts";
import { bunVersion } from "./examinations/bun-version.ts";
import { clockSkew } from "./examinations/clock-skew.ts";
import { container } from "./examinations/container.ts";
import { daemon } from "./examinations/daemon.ts";
import { daemonPath } from "./examinations/daemon-path.ts";
import { database } from "./examinations/database.ts";
import { diskSpace } from "./examinations/disk-space.ts";
import { engineAnswers } from "./examinations/engine-answers.ts";
import { keys } from "./examinations/keys.ts";
import { kubernetes } from "./examinations/kubernetes.ts";
import { mode } from "./examinations/mode.ts";
import { nodeModules } from "./examinations/node-modules.ts";
import { ports } from "./examinations/ports.ts";
import { programs } from "./examinations/programs.ts";
import { registration } from "./examinations/registration.ts";
import { settingsFile } from "./examinations/settings-file.ts";
import { settingsValues } from "./examinations/settings-values.ts";
import { stepOutput } from "./examinations/step-output.ts";
import { stuckLoops } from "./examinations/stuck-loops.ts";
import { systemLog } from "./examinations/system-log.ts";
import { transcriber } from "./examinations/transcriber.ts";
import { vaultFolder } from "./examinations/vault-folder.ts";
import { workerAnswers } from "./examinations/worker-answers.ts";
import { youtube } from "./examinations/youtube.ts";

/** Of two findings, that of the earlier is told first: what is below may be what comes of it. */
export const examinations: readonly Examination[] = [
  ...[settingsValues, settingsFile, bunVersion, nodeModules],
  ...[daemon, ports, engineAnswers, workerAnswers, mode, keys, registration],
  ...[clockSkew, container, kubernetes],
  ...[diskSpace, vaultFolder, database, systemLog],
  ...[programs, daemonPath, youtube, transcriber, agents, archive],
  ...[stepOutput, stuckLoops],
];
