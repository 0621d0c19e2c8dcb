import type { ExternalProgramName } from "./external-program.ts";

/** The settings that ask for programs, as far as they do. */
export interface ProgramWishes {
  readonly video: {
    readonly archive:
      | { readonly kind: "none" | "folder" }
      | { readonly kind: "ssh"; readonly method: "rsync" | "scp" };
  };
  readonly summary: { readonly by: string };
  readonly loops: { readonly projects: readonly string[] };
}

/** Programs without which these settings can't be carried out. */
export function neededPrograms({ video, summary, loops }: ProgramWishes): ExternalProgramName[] {
  const always = ["yt-dlp", "ffmpeg"] as const;
  const forArchive = video.archive.kind === "ssh" ? (["ssh", video.archive.method] as const) : [];
  const forLoops = loops.projects.length > 0 ? (["git"] as const) : [];
  const agents = (["pi", "codex", "claude"] as const).filter((name) => name === summary.by);
  return [...always, ...forArchive, ...forLoops, ...agents];
}
