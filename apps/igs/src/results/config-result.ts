import type { SettingValue } from "@system-bus/settings";
import { z } from "zod";

const setting = z.object({
  name: z.string(),
  value: z.string().describe("As it is in force; of a secret only its length; empty when not set"),
  source: z.enum(["flag", "environment", "file", "default"]),
  from: z.string().optional().describe("Which flag or file"),
  isSecret: z.boolean(),
}) satisfies z.ZodType<Omit<SettingValue, "from"> & Partial<Pick<SettingValue, "from">>>;

export const configResult = z.object({
  mode: z.enum(["dev", "start"]),
  settingsFile: z.string(),
  stateFolder: z.string(),
  settings: z.array(setting),
  warnings: z.array(z.string()),
});
