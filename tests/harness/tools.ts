// Which real programs this machine has. `bin/test` installs them; where one is missing all the same, what
// needs it is skipped, and a line says why.

export const has = (program: string): boolean => Bun.which(program) !== null;

export const canDownload = has("yt-dlp") && has("ffmpeg") && has("ffprobe");
export const canRecognise = canDownload && has("pocketsphinx_continuous");
export const isRoot = process.getuid?.() === 0;

/** `bin/test` sets CHROMIUM_PATH. */
export const chromiumPath =
  process.env.CHROMIUM_PATH || (Bun.which("chromium") ?? Bun.which("google-chrome"));

const NEEDED = ["yt-dlp", "ffmpeg", "ffprobe", "pocketsphinx_continuous", "ssh", "rsync", "scp"];
const missing = [
  ...NEEDED.filter((program) => !has(program)),
  ...(chromiumPath ? [] : ["Chromium"]),
];
if (missing.length > 0) {
  console.warn(`skipping what needs ${missing.join(", ")}: not on this machine`);
}
