import { z } from "zod";
import { parseJson } from "../parse-json.ts";

const PERCENT = 100;
const MEBIBYTE = 1024 * 1024;

/** yt-dlp's progress, as the worker asks it to print it. */
const DownloadSchema = z.object({
  type: z.literal("progress"),
  p: z.object({
    downloaded_bytes: z.number().nullish(),
    total_bytes: z.number().nullish(),
    total_bytes_estimate: z.number().nullish(),
    speed: z.number().nullish(),
  }),
});

/** A program's last line in words: a download's JSON becomes `45 % of 12.3 MiB, 1.2 MiB/s`. */
export function describeOutputLine(line: string): string {
  const text = Bun.stripANSI(line).trim();
  if (!text.startsWith("{")) return text;
  const parsed = DownloadSchema.safeParse(parseJson(text));
  if (!parsed.success) return text;
  const { downloaded_bytes: done, total_bytes: exact, total_bytes_estimate, speed } = parsed.data.p;
  const total = exact ?? total_bytes_estimate;
  const size = total
    ? `${Math.floor(((done ?? 0) / total) * PERCENT)} % of ${mebibytes(total)}`
    : mebibytes(done ?? 0);
  return speed ? `${size}, ${mebibytes(speed)}/s` : size;
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}
