import type { AppFunction } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { findFunction } from "../find-function.ts";

export interface FunctionFlags extends ConnectionFlags {
  readonly app?: string;
}

export interface PauseFlags extends FunctionFlags {
  readonly runs: "hold" | "continue" | "cancel";
}

const WIRE_WORDS = { hold: "HOLD", continue: "CONTINUE", cancel: "CANCEL" } as const;

const WHAT_OF_RUNS = {
  hold: "its unfinished runs wait until it is resumed",
  continue: "its unfinished runs go on",
  cancel: "its unfinished runs are being cancelled",
} as const;

export const pauseFunction = createAction<PauseFlags, [string]>(
  "functions pause",
  async ({ context }, { runs, app, ...flags }, functionId) => {
    const { api } = connect(context, flags);
    const fn = keyOf(await findFunction(api, { functionId, appId: app }));
    const paused = await api.pauseFunction({ ...fn, runs: WIRE_WORDS[runs] });
    return {
      result: { function: paused },
      text: `${paused.id} is paused: events and schedules start no run of it, and ${WHAT_OF_RUNS[runs]}.`,
      nextActions: [
        { command: `igs functions resume ${paused.id}`, description: "Let it start runs again" },
        {
          command: `igs runs --function ${paused.id} --status skipped`,
          description: "What it has missed; `igs rerun <id>` makes up for it",
        },
      ],
    };
  },
);

export const resumeFunction = createAction<FunctionFlags, [string]>(
  "functions resume",
  async ({ context }, { app, ...flags }, functionId) => {
    const { api } = connect(context, flags);
    const fn = keyOf(await findFunction(api, { functionId, appId: app }));
    const resumed = await api.resumeFunction(fn);
    return {
      result: { function: resumed },
      text: `${resumed.id} starts runs again. What it has missed is not made up for by itself.`,
      nextActions: [
        {
          command: `igs runs --function ${resumed.id} --status skipped`,
          description: "What it has missed; `igs rerun <id>` makes up for it",
        },
      ],
    };
  },
);

function keyOf({ app, id }: AppFunction) {
  return { appId: app.id, functionId: id };
}
