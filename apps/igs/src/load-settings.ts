import { readSettings, type Settings, type SettingsInput } from "@system-bus/settings";
import { checkoutFolder } from "./checkout.ts";
import type { CliContext } from "./context.ts";

/**
 * The settings of this process. A `.env` counts where it lies in the checkout, never in the folder
 * that one happens to stand in: a stranger's `.env` could name a server to send the keys to.
 */
export function loadSettings(
  context: Pick<CliContext, "env">,
  input: Pick<SettingsInput, "flags" | "mode"> = {},
): Settings {
  return readSettings({ env: context.env, dotEnvFolder: checkoutFolder, ...input });
}
