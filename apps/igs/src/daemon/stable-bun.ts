import { join } from "node:path";

/**
 * The path of Bun for a unit. What runs is mostly a file with a version in its path, which is gone after the
 * next `brew upgrade`; the link that leads to it stays.
 */
export function chooseBunPath(facts: {
  readonly execPath: string;
  readonly home: string;
  /** What a path leads to; null when there is nothing. */
  readonly resolve: (path: string) => string | null;
}): string {
  const { execPath, home, resolve } = facts;
  const folders = [
    ...[join(home, ".bun/bin"), "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin"],
    ...["/usr/local/bin", join(home, ".local/bin"), "/usr/bin"],
  ];
  const target = resolve(execPath);
  const links = folders.map((folder) => join(folder, "bun"));
  return links.find((link) => target !== null && resolve(link) === target) ?? execPath;
}
