// Where this worker listens, and how it makes itself known to the engine.

const TRY_AGAIN_MS = 1_000;
const TRY_AGAIN_MS_MAX = 30_000;
const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/** The bus' own worker has port 3111. Throws where others could call functions without a signature. */
export function readListen(env: NodeJS.ProcessEnv) {
  const hostname = env.HOST || "127.0.0.1";
  const port = Number(env.PORT || 3112);
  if (!LOOPBACK.includes(hostname) && !env.INNGEST_SIGNING_KEY) {
    throw new Error(`HOST=${hostname} lets others reach this worker: set INNGEST_SIGNING_KEY`);
  }
  return { hostname, port };
}

/** Tells the engine where this app is, as often as it takes: the engine may start later. */
export async function register(origin: string): Promise<void> {
  for (let waitMs = TRY_AGAIN_MS; ; waitMs = Math.min(waitMs * 2, TRY_AGAIN_MS_MAX)) {
    const problem = await tryToRegister(origin);
    if (problem === null) return console.log("registered at the engine");
    console.warn(`not registered yet, trying again in ${waitMs / 1_000} s: ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
  }
}

async function tryToRegister(origin: string): Promise<string | null> {
  try {
    const answer = await fetch(`${origin}/api/inngest`, { method: "PUT" });
    return answer.ok ? null : await answer.text();
  } catch (error) {
    return String(error);
  }
}
