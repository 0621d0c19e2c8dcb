import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { EndedProgram, Programs, StepTools } from "@system-bus/programs";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import { automaticCaptionsArguments, ytDlpEnvironment } from "../adapters/yt-dlp.ts";
import type { ClaimStore } from "../claims/claim-store.ts";
import type { Caption, DownloadedVideo } from "./download-video.ts";
import { readLanguage } from "./video-facts.ts";

export interface AutomaticCaptionsRequest {
  readonly programs: Programs;
  readonly finder: ProgramFinder;
  readonly claims: ClaimStore;
  readonly runId: string;
  /** yt-dlp's executable. */
  readonly command: string;
  readonly automaticCaptions: NonNullable<DownloadedVideo["automaticCaptions"]>;
}

const MINUTE_MS = 60_000;

/**
 * Asks the site for what it recognised itself. It may refuse, and does so for minutes once it was
 * asked often; then there are none, and the sound is still there to be transcribed.
 */
export async function fetchAutomaticCaptions(
  step: StepTools,
  { programs, finder, claims, runId, command, automaticCaptions }: AutomaticCaptionsRequest,
): Promise<readonly Caption[]> {
  const { language, metadata } = automaticCaptions;
  return programs.run<readonly Caption[]>(step, "download:captions", {
    runId,
    spec: {
      command,
      args: automaticCaptionsArguments({ metadataPath: claims.pathOf(metadata), language }),
      env: ytDlpEnvironment(finder.searchPath),
      wallClockMaxMs: 5 * MINUTE_MS,
      attemptsMax: 3,
    },
    read: (ended) => readAutomaticCaptions(claims, ended, { runId, language }),
  });
}

async function readAutomaticCaptions(
  claims: ClaimStore,
  { dir }: EndedProgram,
  { runId, language }: { readonly runId: string; readonly language: string },
): Promise<readonly Caption[]> {
  const file = (await readdir(dir)).find((name) => /^captions\..*\.(vtt|srt)$/.test(name));
  if (file === undefined) return [];
  const ending = file.slice(file.lastIndexOf("."));
  const stored = await claims.putFile(runId, `automatic-captions${ending}`, join(dir, file));
  return [{ file: stored.claim, language: readLanguage(language) ?? "und", isAutomatic: true }];
}
