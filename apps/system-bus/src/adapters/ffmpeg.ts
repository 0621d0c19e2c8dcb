import { z } from "zod";
import { AUDIO_NAME } from "./faster-whisper.ts";

/** Takes the first sound track out as recognisers want it: 16 kHz, mono, 16 bit, in the program's folder. */
export function extractAudioArguments(mediaPath: string): string[] {
  return [
    ...["-nostdin", "-hide_banner", "-v", "error", "-nostats", "-progress", "pipe:1", "-y"],
    // A "video" may be a playlist that names other files and addresses: none of them is opened.
    ...["-protocol_whitelist", "file,pipe"],
    ...["-i", `file:${mediaPath}`],
    ...["-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1", "-ar", "16000", "-c:a", "pcm_s16le"],
    AUDIO_NAME,
  ];
}

export function hasNoSound(stderr: string): boolean {
  return /matches no streams|does not contain any stream/i.test(stderr);
}

const ProbeJson = z.object({
  format: z.object({
    duration: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
  }),
});

export interface MediaFacts {
  readonly durationSeconds: number | null;
  readonly title: string | null;
  readonly artist: string | null;
}

const NOTHING_KNOWN: MediaFacts = { durationSeconds: null, title: null, artist: null };
const PROBE_MS_MAX = 30_000;

/** What the file says of itself. Without ffprobe, or on a file that it can't read: nothing. */
export async function probeMedia(ffprobe: string | null, path: string): Promise<MediaFacts> {
  if (ffprobe === null) return NOTHING_KNOWN;
  const probe = Bun.spawn(
    [
      ffprobe,
      "-v",
      "error",
      "-protocol_whitelist",
      "file",
      "-print_format",
      "json",
      "-show_format",
      `file:${path}`,
    ],
    { stdin: "ignore", stderr: "ignore", timeout: PROBE_MS_MAX, killSignal: "SIGKILL" },
  );
  const output = await new Response(probe.stdout).text();
  return (await probe.exited) === 0 ? readProbe(output) : NOTHING_KNOWN;
}

export function readProbe(output: string): MediaFacts {
  const parsed = ProbeJson.safeParse(safeJson(output));
  if (!parsed.success) return NOTHING_KNOWN;
  const { duration, tags = {} } = parsed.data.format;
  const lower = Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value.trim()]),
  );
  const seconds = Number(duration);
  return {
    durationSeconds:
      duration !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds : null,
    title: lower["title"] || null,
    artist: lower["artist"] || null,
  };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
