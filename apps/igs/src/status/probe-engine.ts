import { z } from "zod";
import { parseJson } from "../parse-json.ts";

/** What answers at an engine's address. */
export type EngineProbe =
  | { readonly kind: "none" }
  | {
      readonly kind: "embedded";
      readonly version: string | null;
      /** Dev mode: no keys, and usually no state. Null when it doesn't say. */
      readonly isDev: boolean | null;
      readonly latencyMs: number;
    }
  | { readonly kind: "inngest"; readonly version: string | null; readonly latencyMs: number }
  | { readonly kind: "other"; readonly description: string };

const TIMEOUT_MS = 2_000;

/** A real server says `{"status":200,"message":"OK"}`; ours adds what it is. */
const HealthSchema = z.object({
  status: z.literal(200),
  engine: z.string().optional(),
  version: z.string().optional(),
  isDev: z.boolean().optional(),
});

const DevSchema = z.object({ version: z.string().optional() });

/** Asks `/health`, which is open on every engine, and in dev mode `/dev` for the version. */
export async function probeEngine(engineUrl: string): Promise<EngineProbe> {
  const askedAtMs = performance.now();
  const health = await ask(`${engineUrl}/health`);
  if (health === null) return { kind: "none" };
  const latencyMs = Math.round(performance.now() - askedAtMs);
  const parsed = HealthSchema.safeParse(health.body);
  if (!health.isOk || !parsed.success) {
    return { kind: "other", description: describeStranger(health) };
  }
  const { engine, version = null, isDev = null } = parsed.data;
  if (engine === "embedded") return { kind: "embedded", version, isDev, latencyMs };
  return { kind: "inngest", version: version ?? (await readDevVersion(engineUrl)), latencyMs };
}

/** `1.45.1-b8a39c1` is told as 1.45.1; a server in persistent mode has no `/dev`. */
async function readDevVersion(engineUrl: string): Promise<string | null> {
  const dev = await ask(`${engineUrl}/dev`);
  const parsed = DevSchema.safeParse(dev?.body);
  return parsed.data?.version?.replace(/-.*$/, "") ?? null;
}

interface RawAnswer {
  readonly isOk: boolean;
  readonly status: number;
  readonly server: string | null;
  readonly body: unknown;
}

/** Null when nothing listens, or when what listens says nothing within the time limit. */
async function ask(url: string): Promise<RawAnswer | null> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const server = response.headers.get("server");
    const text = await response.text();
    return { isOk: response.ok, status: response.status, server, body: parseJson(text) };
  } catch {
    return null;
  }
}

function describeStranger({ status, server }: RawAnswer): string {
  return `a program that is no engine (${server ?? "without a name"}; /health answers ${status})`;
}
