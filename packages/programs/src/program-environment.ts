import { ProgramError } from "./program-error.ts";

/** Carries the program's key in its environment, so that strayed children can be found. */
export const PROGRAM_MARK = "SYSTEM_BUS_PROGRAM";

/** What a program needs to find its files, speak its language and reach the network. No keys. */
const PASSED_NAMES: ReadonlySet<string> = new Set([
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "LANG", "LANGUAGE", "TZ"],
  ...["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"],
  ...["SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"],
  ...["http_proxy", "https_proxy", "no_proxy", "all_proxy"],
]);

export type Environment = Readonly<Record<string, string>>;

export function passedEnvironment(env: Record<string, string | undefined>): Environment {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (PASSED_NAMES.has(name) || name.startsWith("LC_")) passed[name] = value;
  }
  return passed;
}

export interface ProgramEnvironmentInput {
  readonly env: Record<string, string | undefined>;
  /** What the adapter of this program names on purpose: such as its own API key. */
  readonly added: Environment;
  readonly key: string;
}

export function programEnvironment({ env, added, key }: ProgramEnvironmentInput): Environment {
  const bus = Object.keys(added).find((name) => /^(INNGEST|BUS)_/.test(name));
  if (bus !== undefined) {
    throw new ProgramError("SPEC_INVALID", `${bus} belongs to the bus and is given to no program`);
  }
  return { ...passedEnvironment(env), ...added, [PROGRAM_MARK]: key };
}
