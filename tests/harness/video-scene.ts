// A bus, a site with a talk, and a record of every start of the programs that work on it: what the
// tests that kill things have in common.

import { expect } from "bun:test";
import { Bus, type BusOptions } from "./bus.ts";
import { FileSite } from "./file-site.ts";
import { isAlive } from "./processes.ts";
import { makeClip, sampleTalk, videoPage } from "./sample-talk.ts";
import { StartRecorder } from "./start-recorder.ts";

const PROGRAMS = ["yt-dlp", "ffprobe", "pocketsphinx_continuous"];
const TITLE = "A talk that must survive";

export const VIDEO_PATH = "/clip.mp4";

export interface VideoSceneOptions extends Pick<BusOptions, "engineFlags"> {
  /** `pocketsphinx` recognises the speech, which takes seconds; `captions` are there at once. */
  readonly transcriptFrom: "captions" | "pocketsphinx";
}

export class VideoScene implements AsyncDisposable {
  readonly bus: Bus;
  readonly site: FileSite;
  readonly recorder: StartRecorder;

  private constructor(bus: Bus, site: FileSite, recorder: StartRecorder) {
    this.bus = bus;
    this.site = site;
    this.recorder = recorder;
  }

  static async start({ transcriptFrom, ...options }: VideoSceneOptions): Promise<VideoScene> {
    const site = await FileSite.start();
    let recorder: StartRecorder | undefined;
    const bus = await Bus.start({
      ...options,
      settings: { TRANSCRIPT_ORDER: transcriptFrom },
      prepare: async (scratch) => {
        recorder = await StartRecorder.create(scratch, PROGRAMS);
        site
          .addFile(await makeClip(scratch), "video/mp4")
          .addFile(sampleTalk.captions, "text/vtt")
          .add("/talk.html", {
            kind: "html",
            text: videoPage({ title: TITLE, video: VIDEO_PATH, captions: "/talk.vtt" }),
          });
        return { PATH: recorder.path };
      },
    });
    if (!recorder) throw new Error("promised: prepare was called");
    return new VideoScene(bus, site, recorder);
  }

  /** Sends the talk's address; returns when the engine has acknowledged it. */
  async send(): Promise<void> {
    const url = this.site.url("/talk.html");
    await this.bus.api.sendEvents([{ name: "pipeline/video.download", data: { url } }]);
  }

  /** The living program of a step, once the real one is at work. */
  async waitForProgram(stepId: string): Promise<{
    readonly pid: number;
    readonly supervisorPid: number;
  }> {
    const running = await this.bus.waitFor(`the program of ${stepId} to run`, () =>
      this.bus.programs.findRunning(stepId),
    );
    const { pid, supervisorPid } = running;
    if (supervisorPid === null) throw new Error("promised: what runs has a supervisor");
    return { pid, supervisorPid };
  }

  /** yt-dlp stands in the middle of the file. */
  async waitForHeldDownload(): ReturnType<VideoScene["waitForProgram"]> {
    const program = await this.waitForProgram("download");
    await this.bus.waitFor("the transfer to be under way", () =>
      this.site.requests.some(({ path }) => path === VIDEO_PATH),
    );
    return program;
  }

  /** The run found its program again: the same process, still the only one. */
  async expectStillRunning(stepId: string, pid: number): Promise<void> {
    expect(await isAlive(pid)).toBe(true);
    expect((await this.bus.programs.findRunning(stepId))?.pid).toBe(pid);
    expect(await this.bus.programs.ofStep(stepId)).toHaveLength(1);
  }

  /** One note, one line of the day, one log line for each milestone; no program ran twice at once. */
  async expectDoneOnce(): Promise<void> {
    const { vault } = this.bus;
    expect(await vault.listNotes()).toHaveLength(1);
    expect(await vault.listDailyLines()).toHaveLength(1);
    expect(vault.readLog().map(({ action }) => action)).toEqual([
      "download",
      "transcribe",
      "summarize",
    ]);
    for (const program of ["yt-dlp", "pocketsphinx_continuous"]) {
      const starts = await this.recorder.startsOf(program);
      expect(starts.flatMap(({ alivePids }) => alivePids)).toEqual([]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site[Symbol.asyncDispose]();
    await this.bus[Symbol.asyncDispose]();
  }
}
