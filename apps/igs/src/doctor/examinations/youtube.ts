// YouTube asks whoever downloads to run its JavaScript. Since 2025.11.12 yt-dlp has another program do that:
// https://github.com/yt-dlp/yt-dlp/wiki/EJS. Only deno (from 2.0) counts without a further option; node, bun
// and quickjs have to be named with --js-runtimes, which the worker does not do, and bun above 1.3.14 is
// refused. yt-dlp itself is asked what it finds.

import { createExamination } from "../examination.ts";
import { findPrograms } from "../found-programs.ts";
import { isOlder, versionRules, YOUTUBE_SINCE } from "../program-versions.ts";
import { NotSeen, type Trouble, type Verdict, warning, wellUnless } from "../verdict.ts";

export interface YoutubeFacts {
  readonly platform: string;
  readonly version: string;
  /** As yt-dlp lists them, such as `deno-2.5.6` or `node-18.19.1 (unsupported)`; null when it doesn't tell. */
  readonly runtimes: readonly string[] | null;
  /** Whether it has the scripts that the runtime runs. */
  readonly hasScripts: boolean;
}

const ANSWER_MAX_MS = 5_000;

export const youtube = createExamination<YoutubeFacts>({
  id: "youtube",
  title: "yt-dlp has what YouTube's videos want: a recent version and a JavaScript runtime",
  async look(scene, signal) {
    const { programs, env, isHere } = await findPrograms(scene);
    const path = programs.find(({ name }) => name === "yt-dlp")?.path ?? null;
    if (path === null) throw new NotSeen("yt-dlp is not installed: `igs doctor programs`");
    if (!isHere) throw new NotSeen("the worker runs on another machine");
    const options = { env, timeMaxMs: ANSWER_MAX_MS, signal };
    const asked = await scene.run([path, "--version"], options);
    const version = versionRules["yt-dlp"]?.pattern.exec(asked?.stdout ?? "")?.[1];
    if (version === undefined) throw new NotSeen("yt-dlp does not say its version");
    const { platform } = scene;
    // It knows of no runtimes, and starting it takes a second.
    if (isOlder(version, YOUTUBE_SINCE))
      return { platform, version, runtimes: null, hasScripts: false };
    // Without an address it prints what it finds around it, then its usage.
    const told = await scene.run([path, "--ignore-config", "--verbose"], options);
    return { platform, version, ...readDebugHead(told?.stderr ?? "") };
  },
  decide({ platform, version, runtimes, hasScripts }): Verdict {
    const why = "YouTube's videos fail or come in poor formats; other sites are not concerned";
    const upgrade = versionRules["yt-dlp"]?.upgrade;
    const newer = (platform === "darwin" ? upgrade?.darwin : upgrade?.linux) ?? "";
    if (isOlder(version, YOUTUBE_SINCE)) {
      const problem = `yt-dlp is ${version}, from before YouTube asked for a JavaScript runtime (${YOUTUBE_SINCE}).`;
      return wellUnless(
        [warning({ problem, why, cure: newer, hint: "Then `igs doctor youtube` again." })],
        "",
      );
    }
    if (runtimes === null) {
      return {
        kind: "unchecked",
        reason: `yt-dlp ${version} does not tell which JavaScript runtimes it finds`,
      };
    }
    const usable = runtimes.filter((runtime) => !runtime.includes("unsupported"));
    const troubles: Trouble[] = [];
    if (usable.length === 0) {
      const found = runtimes.length === 0 ? "none" : runtimes.join(", ");
      troubles.push(
        warning({
          problem: `yt-dlp ${version} has no JavaScript runtime that it can use (it finds ${found}).`,
          why,
          cure: platform === "darwin" ? "brew install deno" : "npm install -g deno",
          hint: "deno 2 or newer; node and bun don't count unless yt-dlp is told to use them.",
        }),
      );
    }
    if (!hasScripts) {
      troubles.push(
        warning({
          problem: `yt-dlp ${version} lacks its scripts for YouTube (the package yt-dlp-ejs).`,
          ...{ why, cure: newer },
        }),
      );
    }
    return wellUnless(troubles, `yt-dlp ${version} with ${usable.join(", ")}`);
  },
});

/** What yt-dlp says of its surroundings with `--verbose`. */
export function readDebugHead(text: string): Pick<YoutubeFacts, "runtimes" | "hasScripts"> {
  const line = /^\[debug\] JS runtimes: (.*)$/m.exec(text)?.[1];
  const runtimes = line?.split(", ").filter((runtime) => !runtime.startsWith("none"));
  return {
    runtimes: runtimes ?? null,
    hasScripts: /^\[debug\] Optional libraries: .*yt_dlp_ejs-/m.test(text),
  };
}
