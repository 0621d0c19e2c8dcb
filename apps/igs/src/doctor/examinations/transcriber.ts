import type { WorkerHealth } from "../../status/worker-health.ts";
import { createExamination } from "../examination.ts";
import { noWorker } from "../scene.ts";
import { fault, wellUnless } from "../verdict.ts";

export interface TranscriberFacts {
  readonly platform: string;
  readonly arch: string;
  readonly sources: WorkerHealth["sources"];
}

export const transcriber = createExamination<TranscriberFacts>({
  id: "transcriber",
  title: "the worker has a program that makes text of speech",
  async look(scene) {
    const health = await scene.health();
    if (health === null) throw noWorker((await scene.status()).workerOrigin);
    return { platform: scene.platform, arch: process.arch, sources: health.sources };
  },
  decide({ platform, arch, sources }) {
    const ready = sources.filter(({ isReady }) => isReady === true).map(({ source }) => source);
    if (ready.length > 0) return wellUnless([], ready.join(", "));
    const reasons = sources.flatMap(({ source, reason }) =>
      reason === null ? [] : [`${source}: ${reason}`],
    );
    return wellUnless(
      [
        fault({
          problem:
            reasons.length === 0
              ? "TRANSCRIPT_ORDER names no program that makes text of speech."
              : `No program that makes text of speech can be used: ${reasons.join("; ")}.`,
          why: "videos without captions of their author get no transcript",
          cure: reasons.length === 0 ? "igs config" : installTranscriber(platform, arch),
          hint: "docs/video.md compares them.",
        }),
      ],
      "",
    );
  },
});

function installTranscriber(platform: string, arch: string): string {
  if (platform !== "darwin") return "sudo apt install pipx && pipx install whisper-ctranslate2";
  return arch === "arm64"
    ? "brew install pipx && pipx install mlx-whisper"
    : "brew install whisper-cpp";
}
