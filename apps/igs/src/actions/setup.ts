import { type CommonFlags, createAction } from "../action.ts";
import { type RunSetupFlags, runSetup } from "../setup/run-setup.ts";

export const setup = createAction<CommonFlags & RunSetupFlags>(
  "setup",
  (scene, { json, ...flags }) => runSetup(scene, flags),
);
