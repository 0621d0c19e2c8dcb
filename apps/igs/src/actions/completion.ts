import { type CommonFlags, createAction } from "../action.ts";
import { type Shell, shellScripts } from "../completion/shell-scripts.ts";

export const completion = createAction<CommonFlags, [Shell]>(
  "completion",
  async ({ context }, flags, shell) => {
    const script = shellScripts[shell];
    if (flags.json) return { result: { shell, script }, text: script };
    // Without an envelope even into a pipe: a shell reads it.
    context.stdout.write(script);
    return { result: null, text: "", isTold: true };
  },
);
