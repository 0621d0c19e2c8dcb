import { type BusClient, type BusEvent, busEvents } from "@system-bus/events";
import type { InngestFunction } from "inngest";
import { emitEvents, type MilestoneDeps } from "../steps/emit-events.ts";
import { eventId } from "../steps/event-id.ts";
import { type PatientStepTools, runPatiently } from "../steps/run-patiently.ts";
import { runStep } from "../steps/run-step.ts";
import { reportFailure } from "../system/report-failure.ts";
import { fetchAutomaticCaptions } from "./automatic-captions.ts";
import {
  type Caption,
  type DownloadDeps,
  type DownloadedVideo,
  downloadSpec,
  type PreparedDownload,
  prepareDownload,
  readDownload,
} from "./download-video.ts";
import { type TransferDeps, transferToArchive } from "./transfer-to-archive.ts";
import { withoutCredentials } from "./video-address.ts";

export interface VideoDownloadDeps extends DownloadDeps, TransferDeps, MilestoneDeps {
  /** Whether the site's automatic captions are ever used. */
  readonly usesAutomaticCaptions: boolean;
}

const ID = "video-download";

/** Fetches a video, keeps it for good where an archive is set, and hands it on to be transcribed. */
export function videoDownload(client: BusClient, deps: VideoDownloadDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [busEvents["pipeline/video.download"]],
      concurrency: { limit: 1 },
      retries: 2,
      onFailure: reportFailure(ID, ({ url }) => withoutCredentials(String(url))),
    },
    async ({ event, runId, step }) => {
      const { url, title, language, tags } = event.data;

      const prepared = await runStep(step, "download:prepare", () => prepareDownload(deps, url));
      const downloaded = await runPatiently(deps.programs, step, {
        id: "download",
        runId,
        spec: downloadSpec(prepared, deps.finder),
        pausesMs: deps.pausesMs,
        read: (ended) => readDownload(deps, ended, { runId, prepared, title }),
      });
      const captions = await captionsOf(step, deps, { runId, prepared, downloaded });
      const archivedTo = await transferToArchive(step, deps, { runId, ...downloaded });

      const events = downloadEvents({
        runId,
        downloaded: { ...downloaded, captions },
        archivedTo,
        language,
        tags,
      });
      await emitEvents(step, deps, events);
      return { video: downloaded.video, sizeBytes: downloaded.sizeBytes, archivedTo };
    },
  );
}

interface CaptionsRequest {
  readonly runId: string;
  readonly prepared: PreparedDownload;
  readonly downloaded: DownloadedVideo;
}

async function captionsOf(
  step: PatientStepTools,
  deps: VideoDownloadDeps,
  { runId, prepared: { command }, downloaded }: CaptionsRequest,
): Promise<readonly Caption[]> {
  const { captions, automaticCaptions } = downloaded;
  if (!deps.usesAutomaticCaptions || !automaticCaptions) return captions;
  const found = await fetchAutomaticCaptions(step, { ...deps, runId, command, automaticCaptions });
  return [...captions, ...found];
}

interface Downloaded {
  readonly runId: string;
  readonly downloaded: DownloadedVideo;
  readonly archivedTo: string | null;
  readonly language: string | undefined;
  readonly tags: string[] | undefined;
}

/**
 * That it is here is told once for the same bytes in the same place. The next function is asked once
 * by each run: after a failure, sending the video again has to start it again.
 */
function downloadEvents(input: Downloaded): BusEvent[] {
  const { runId, downloaded, archivedTo, tags } = input;
  const { video, media, mediaHash, sizeBytes, captions } = downloaded;
  const language = input.language ?? downloaded.language;
  const archived = archivedTo === null ? {} : { archivedTo };
  return [
    {
      name: "pipeline/video.downloaded",
      id: eventId("video.downloaded", video.id, mediaHash, archivedTo ?? ""),
      data: { video, sizeBytes, ...archived },
    },
    {
      name: "pipeline/transcript.process",
      id: eventId("transcript.process", runId),
      data: {
        video,
        media,
        captions: [...captions],
        ...archived,
        ...(language === undefined ? {} : { language }),
        ...(tags === undefined ? {} : { tags }),
      },
    },
  ];
}
