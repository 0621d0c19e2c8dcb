// Which real programs this machine has. A test that needs one which is missing is skipped, and its name
// in the report says which; `bin/test` installs them.

export const has = (program: string): boolean => Bun.which(program) !== null;

export const canDownload = has("yt-dlp") && has("ffmpeg") && has("ffprobe");
export const canRecognise = canDownload && has("pocketsphinx_continuous");
export const isRoot = process.getuid?.() === 0;
