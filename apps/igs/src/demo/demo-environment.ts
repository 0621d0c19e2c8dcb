import type { DemoHome } from "./demo-home.ts";

export interface BusPorts {
  readonly engine: number;
  readonly worker: number;
}

/**
 * What engine and worker may know of the person's environment. An allow-list: a setting that is not
 * named here, such as their archive, vault or signing key, must not reach a demo.
 */
const PASSED_ON = [
  ...["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"],
  ...["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"],
  ...["TRANSCRIPT_ORDER", "WHISPER_MODEL", "SUMMARY_BY", "PI_MODEL"],
  ...["CODEX_MODEL", "CLAUDE_MODEL", "WRITING_STYLE_SKILL"],
  ...["SUMMARY_MODEL_URL", "SUMMARY_MODEL", "SUMMARY_MODEL_KEY"],
];

export function engineUrl(ports: BusPorts): string {
  return `http://127.0.0.1:${ports.engine}`;
}

export function workerOrigin(ports: BusPorts): string {
  return `http://127.0.0.1:${ports.worker}`;
}

export function demoEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  home: DemoHome,
  ports: BusPorts,
): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    // A demo spends nobody's tokens unless it is told to.
    SUMMARY_BY: "extractive",
    // The sample's page offers captions. They stand last, so that speech is recognised where it can be.
    TRANSCRIPT_ORDER: "mlx-whisper,whisper-cpp,faster-whisper,pocketsphinx,captions,auto-captions",
    ...Object.fromEntries(passedOn),
    NODE_ENV: "development",
    BUS_HOME: home.bus,
    VAULT_PATH: home.vault,
    BUS_ENGINE: "embedded",
    BUS_ENGINE_PORT: String(ports.engine),
    BUS_WORKER_PORT: String(ports.worker),
    INNGEST_DEV: "1",
    INNGEST_BASE_URL: engineUrl(ports),
  };
}
