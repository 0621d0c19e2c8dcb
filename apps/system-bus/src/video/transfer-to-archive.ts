import type { Programs } from "@system-bus/programs";
import type { Archive } from "@system-bus/settings";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import type { SshArchive } from "../adapters/remote-archive.ts";
import type { ClaimStore } from "../claims/claim-store.ts";
import { type PatientStepTools, runPatiently } from "../steps/run-patiently.ts";
import { runStep } from "../steps/run-step.ts";
import {
  acceptRemoteHash,
  archiveFileName,
  checkRemoteEnd,
  localCopySpec,
  planArchive,
  type RemoteCopy,
  readLocalCopy,
  readRemoteHash,
  remoteSpecs,
} from "./archive-video.ts";
import type { DownloadedVideo } from "./download-video.ts";

export interface TransferDeps {
  readonly programs: Programs;
  readonly finder: ProgramFinder;
  readonly claims: ClaimStore;
  readonly archive: Archive;
  /** How long a run sleeps before it tries the network again. */
  readonly pausesMs: readonly number[];
}

export interface TransferRequest
  extends Pick<DownloadedVideo, "video" | "media" | "mediaHash" | "extension"> {
  readonly runId: string;
}

const ID = "transfer-to-nas";

/** Brings the video to the archive. Returns where it lies, for people; null when no archive is set. */
export async function transferToArchive(
  step: PatientStepTools,
  deps: TransferDeps,
  request: TransferRequest,
): Promise<string | null> {
  const { archive, finder, programs, pausesMs } = deps;
  const { runId } = request;
  const fileName = archiveFileName(request.video, request.extension);
  const plan = await runStep(step, archive.kind === "none" ? ID : `${ID}:prepare`, () =>
    planArchive(archive, finder, fileName),
  );
  const source = deps.claims.pathOf(request.media);
  if (plan.kind === "folder") {
    return runPatiently(programs, step, {
      id: ID,
      runId,
      spec: localCopySpec(source, plan.target),
      pausesMs,
      read: (ended) => readLocalCopy(ended, plan.target),
    });
  }
  if (plan.kind !== "ssh" || archive.kind !== "ssh") return null;
  const copy = { ...plan, archive, source, sha256: request.mediaHash };
  return transferOverSsh(step, deps, { runId, archive, copy });
}

interface SshTransfer {
  readonly runId: string;
  readonly archive: SshArchive;
  readonly copy: RemoteCopy;
}

async function transferOverSsh(
  step: PatientStepTools,
  { programs, pausesMs }: TransferDeps,
  { runId, archive, copy }: SshTransfer,
): Promise<string> {
  const specs = remoteSpecs(copy);
  const found = await runPatiently(programs, step, {
    id: `${ID}:find`,
    runId,
    spec: specs.find,
    pausesMs,
    read: (ended) => readRemoteHash(ended, archive),
  });
  if (found === copy.sha256) return acceptRemoteHash(copy, found);
  await runPatiently(programs, step, {
    id: ID,
    runId,
    spec: specs.bring,
    pausesMs,
    read: (ended) => checkRemoteEnd(ended, archive),
  });
  return runPatiently(programs, step, {
    id: `${ID}:verify`,
    runId,
    spec: specs.finish,
    pausesMs,
    read: async (ended) => acceptRemoteHash(copy, await readRemoteHash(ended, archive)),
  });
}
