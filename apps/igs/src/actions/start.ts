import { type CommonFlags, createAction } from "../action.ts";
import { type BringUpFlags, bringUp } from "../supervisor/bring-up.ts";

export interface StartFlags extends CommonFlags, BringUpFlags {
  /** What `igs start` is anyway; people say it to be sure. */
  readonly production?: boolean;
}

export const start = createAction<StartFlags>("start", (scene, { json, production, ...flags }) =>
  bringUp({ ...scene, mode: "start" }, flags),
);
