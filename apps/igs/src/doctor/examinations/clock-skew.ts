import { formatDuration } from "../../output/format-time.ts";
import { createExamination } from "../examination.ts";
import { noEngine } from "../scene.ts";
import { fault, NotSeen, type Verdict, warning, wellUnless } from "../verdict.ts";

export interface ClockFacts {
  readonly engineUrl: string;
  readonly platform: string;
  /** The engine's clock less ours; it is told in whole seconds. */
  readonly aheadMs: number;
}

/** Engine and SDK refuse signatures that are older, or come from further ahead. */
const SIGNATURE_WINDOW_MS = 5 * 60_000;
/** Schedules and timeouts are late by as much. */
const SKEW_SEEN_MS = 30_000;

export const clockSkew = createExamination<ClockFacts>({
  id: "clock",
  title: "the engine's clock shows what ours shows",
  async look(scene, signal) {
    const { engineUrl } = scene.connection().settings;
    const askedAtMs = scene.nowMs();
    const response = await fetch(`${engineUrl}/health`, { signal, redirect: "manual" }).catch(
      () => null,
    );
    const answeredAtMs = scene.nowMs();
    if (response === null) throw noEngine(engineUrl);
    await response.body?.cancel();
    const engineMs = Date.parse(response.headers.get("date") ?? "");
    if (Number.isNaN(engineMs)) throw new NotSeen(`${engineUrl} does not tell its time`);
    // Half a second: a header of whole seconds is behind by that on average.
    return {
      engineUrl,
      platform: scene.platform,
      aheadMs: engineMs + 500 - (askedAtMs + answeredAtMs) / 2,
    };
  },
  decide({ engineUrl, platform, aheadMs }): Verdict {
    const skewMs = Math.abs(aheadMs);
    if (skewMs < SKEW_SEEN_MS) return wellUnless([], `within ${formatDuration(SKEW_SEEN_MS)}`);
    const isRefused = skewMs >= SIGNATURE_WINDOW_MS;
    const tell = isRefused ? fault : warning;
    return wellUnless(
      [
        tell({
          problem: `The clock of the engine at ${engineUrl} is ${formatDuration(skewMs)} ${aheadMs > 0 ? "ahead of" : "behind"} this machine's.`,
          why: isRefused
            ? "signatures are good for five minutes, so engine and worker refuse each other"
            : "schedules and timeouts come at other moments than this machine's clock shows",
          cure:
            platform === "darwin"
              ? "sudo sntp -sS time.apple.com"
              : "sudo timedatectl set-ntp true",
          hint: "On whichever of the two is wrong. Docker's machine on a Mac falls behind in its sleep: restart Docker.",
        }),
      ],
      "",
    );
  },
});
