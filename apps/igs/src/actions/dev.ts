import { type CommonFlags, createAction } from "../action.ts";
import { type BringUpFlags, bringUp } from "../supervisor/bring-up.ts";

export const dev = createAction<CommonFlags & BringUpFlags>("dev", (scene, { json, ...flags }) =>
  bringUp({ ...scene, mode: "dev" }, flags),
);
