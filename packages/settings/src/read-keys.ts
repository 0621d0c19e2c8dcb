import { z } from "zod";
import { parseEnvFile } from "./env-file.ts";
import { SettingsError } from "./settings-error.ts";
import { eventKey, signingKey } from "./value-schemas.ts";

export interface EngineKeys {
  readonly eventKey: string | undefined;
  /** Without a `signkey-ENV-` prefix. */
  readonly signingKey: string | undefined;
}

const KeysSchema = z.object({
  INNGEST_EVENT_KEY: eventKey.optional(),
  INNGEST_SIGNING_KEY: signingKey.optional(),
});

/**
 * The keys of another engine than the settings' own, from a file of the settings file's form, such as
 * `.env.inngest`. Other variables in it say nothing. Throws SETTINGS_INVALID, never with a key.
 */
export function readKeys(text: string, file: string): EngineKeys {
  const { values, problems } = parseEnvFile(text);
  const given = new Map([...values].filter(([, value]) => value !== ""));
  const parsed = KeysSchema.safeParse(Object.fromEntries(given));
  const described = [
    ...problems.map(({ line, problem }) => `line ${line} of ${file} ${problem}`),
    ...(parsed.error?.issues ?? []).map(
      ({ path, message }) => `${path.join(".")} (${file}): ${message}`,
    ),
  ];
  if (!parsed.success || described.length > 0) {
    throw new SettingsError("SETTINGS_INVALID", described);
  }
  const { INNGEST_EVENT_KEY, INNGEST_SIGNING_KEY } = parsed.data;
  return { eventKey: INNGEST_EVENT_KEY, signingKey: INNGEST_SIGNING_KEY };
}
