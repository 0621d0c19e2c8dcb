/** Where coding agents keep their own settings and sessions. They are no part of anybody's change. */
export const AGENT_FOLDERS: readonly string[] = [".claude", ".codex", ".pi"];

/** What editors and the machine leave lying about. */
const LITTER = /^(\.DS_Store|Thumbs\.db|.*\.sw[op]|.*~|.*\.orig|.*\.rej)$/;

export interface LeftOut {
  readonly path: string;
  readonly isNew: boolean;
  /** Files, or folders with all that is in them. */
  readonly leaveOut: readonly string[];
}

/** Whether a path never goes into a commit, though git shows it. */
export function isLeftOut({ path, isNew, leaveOut }: LeftOut): boolean {
  const parts = path.split("/");
  if (AGENT_FOLDERS.includes(parts[0] ?? "")) return true;
  if (parts.includes("node_modules")) return true;
  if (isNew && LITTER.test(parts.at(-1) ?? "")) return true;
  return leaveOut.some((left) => path === left || path.startsWith(`${left.replace(/\/$/, "")}/`));
}
