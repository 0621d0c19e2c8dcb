import { dirname, resolve } from "node:path";
import { type CommonFlags, createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { daemonOutputFile } from "../daemon/daemon-unit.ts";
import { createLogIo } from "../daemon/log/log-io.ts";
import { RotatingFile } from "../daemon/log/rotating-file.ts";
import { trimOutput } from "../daemon/log/trim-output.ts";
import { describeFailure } from "../output/describe-failure.ts";
import type { Answer } from "../output/envelope.ts";
import type { Failure } from "../output/failure.ts";
import { type BringUpFlags, bringUp, type Scene } from "../supervisor/bring-up.ts";

export interface StartFlags extends CommonFlags, BringUpFlags {
  /** What `igs start` is anyway; people say it to be sure. */
  readonly production?: boolean;
  readonly logFile?: string;
}

export const start = createAction<StartFlags>(
  "start",
  ({ io, context }, { json, production, logFile, ...flags }) => {
    const scene: Scene = { io, context, mode: "start" };
    return logFile === undefined
      ? bringUp(scene, flags)
      : bringUpLogged(scene, flags, resolve(context.cwd, logFile));
  },
);

/** How it ends is in the log as well: where a daemon's own output goes, few people look. */
async function bringUpLogged(scene: Scene, flags: BringUpFlags, path: string): Promise<Answer> {
  trimOutput(daemonOutputFile(dirname(path)));
  const file = new RotatingFile({ path, nowMs: systemClock.nowMs });
  try {
    const answer = await bringUp({ ...scene, io: createLogIo(file) }, flags);
    file.write(answer.failure ? wordsOf(answer.failure) : answer.text);
    return answer;
  } catch (error) {
    file.write(wordsOf(describeFailure(error)));
    throw error;
  } finally {
    file.close();
  }
}

function wordsOf({ message, fix }: Failure): string {
  return `error: ${message}\nfix: ${fix}`;
}
