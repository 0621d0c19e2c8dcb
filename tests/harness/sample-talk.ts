import { join } from "node:path";
import type { FileSite } from "./file-site.ts";
import type { Scratch } from "./scratch.ts";

const folder = join(import.meta.dir, "../../samples/talk");

export const sampleTalk = {
  video: join(folder, "talk.mp4"),
  captions: join(folder, "talk.vtt"),
  /** One sentence on each line. */
  readScript: () => Bun.file(join(folder, "script.txt")).text(),
};

/** The first four sentences: enough to be recognised, short enough to be recognised often. */
const CLIP_SECONDS = 15;

export async function makeClip(scratch: Scratch): Promise<string> {
  const clip = scratch.path("clip.mp4");
  const cut = Bun.spawn(
    [
      ...["ffmpeg", "-v", "error", "-nostdin", "-i", sampleTalk.video, "-t", String(CLIP_SECONDS)],
      ...["-c", "copy", clip],
    ],
    { stdin: "ignore", stderr: "inherit" },
  );
  if ((await cut.exited) !== 0) throw new Error("ffmpeg could not cut the sample talk");
  return clip;
}

export interface VideoPage {
  readonly title: string;
  readonly video: string;
  /** The path of a caption file on the same site. */
  readonly captions?: string;
}

/** A page with a video as people publish them. `title` is put in as it is: some pages don't escape. */
export function videoPage({ title, video, captions }: VideoPage): string {
  const track = captions ? `<track src="${captions}" kind="captions" srclang="en" default>` : "";
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><meta property="og:title" content="${title}"></head>
<body><video controls><source src="${video}" type="video/mp4">${track}</video></body>
</html>
`;
}

/** The talk and its captions, on a page with captions and on one without. */
export function addTalk(site: FileSite, title: string): FileSite {
  const video = "/talk.mp4";
  return site
    .addFile(sampleTalk.video, "video/mp4")
    .addFile(sampleTalk.captions, "text/vtt")
    .add("/talk.html", { kind: "html", text: videoPage({ title, video }) })
    .add("/captioned.html", {
      kind: "html",
      text: videoPage({ title, video, captions: "/talk.vtt" }),
    });
}
