import { forPeople } from "../supervisor/announce.ts";
import { failed, type Verdict, well } from "./check-result.ts";
import type { VerifyScene } from "./verify-scene.ts";

const ANSWER_MAX_MS = 10_000;

/** A page that people can open: the dashboard, or the login before it. */
export async function checkDashboard({
  engineUrl,
  clock,
  signal,
}: Pick<VerifyScene, "engineUrl" | "clock" | "signal">): Promise<Verdict> {
  const address = forPeople(engineUrl);
  const askedAtMs = clock.nowMs();
  try {
    const response = await fetch(`${engineUrl}/`, {
      headers: { accept: "text/html" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MAX_MS)]),
    });
    const page = await response.text();
    const { status } = response;
    const isPage = response.headers.get("content-type")?.startsWith("text/html") === true;
    const evidence = { url: response.url, status, ms: clock.nowMs() - askedAtMs };
    if (response.ok && isPage) return well(`${address} answers with ${nameOf(page)}`, evidence);
    return failed(
      `${address} answers ${status}${isPage ? "" : " and not with a page"}`,
      "`igs status` tells which program listens there.",
      evidence,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    return failed(
      `nothing answers at ${address}`,
      "Start the bus with `igs start`, or set INNGEST_BASE_URL to where your server listens.",
      { url: engineUrl },
    );
  }
}

function nameOf(page: string): string {
  const title = /<title>([^<]{1,80})<\/title>/i.exec(page)?.[1]?.trim();
  return title ? `“${title}”` : "a page";
}
