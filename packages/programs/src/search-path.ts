import { join } from "node:path";

/**
 * Where programs are looked for, as a PATH. launchd and cron start processes with a PATH of four system
 * folders, so the places where Homebrew, pipx, npm and Bun put programs come after the PATH that there is.
 */
export function programSearchPath({
  path,
  home,
}: {
  readonly path: string | undefined;
  readonly home: string;
}): string {
  const folders = [
    ...(path ?? "/usr/bin:/bin").split(":"),
    join(home, ".local/bin"),
    join(home, ".bun/bin"),
    "/opt/homebrew/bin",
    "/usr/local/bin",
  ];
  return [...new Set(folders.filter((folder) => folder.startsWith("/")))].join(":");
}
