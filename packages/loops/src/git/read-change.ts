import { dirname } from "node:path";
import { assertCommit } from "./names.ts";
import { ownRepository } from "./own-repository.ts";
import { runGit } from "./run-git.ts";

export interface Change {
  /** The clone; its commits are read from the repository behind it. */
  readonly folder: string;
  /** Where the commits are, if not there: the `.git` of the person's repository, once a clone is gone. */
  readonly gitDir?: string;
  readonly from: string;
  readonly to: string;
}

export interface ChangedFile {
  readonly path: string;
  /** `type`: a file became a link, or the other way round. */
  readonly kind: "added" | "changed" | "deleted" | "type";
}

/** As `git diff` shows it, without colours; a cut that says so where it is longer than `maxBytes`. */
export async function diffText(change: Change, maxBytes = 4 * 1024 * 1024): Promise<string> {
  const text = await diff(change, ["--patch", "--no-renames"]);
  if (text.byteLength <= maxBytes) return text.toString("utf8");
  const shown = text.subarray(0, maxBytes).toString("utf8");
  return `${shown}\n… ${text.byteLength - maxBytes} bytes more\n`;
}

/** One line a file, and the sum. */
export async function diffStat(change: Change): Promise<string> {
  return (await diff(change, ["--stat=100,70", "--no-renames"])).toString("utf8").trimEnd();
}

export async function changedFiles(change: Change): Promise<ChangedFile[]> {
  const fields = (await diff(change, ["--name-status", "-z", "--no-renames"]))
    .toString("utf8")
    .split("\0");
  const files: ChangedFile[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    files.push({ path: fields[at + 1] ?? "", kind: kindOf(fields[at] ?? "") });
  }
  return files;
}

function kindOf(letter: string): ChangedFile["kind"] {
  if (letter === "A") return "added";
  if (letter === "D") return "deleted";
  return letter === "T" ? "type" : "changed";
}

async function diff(
  { folder, from, to, ...place }: Change,
  flags: readonly string[],
): Promise<Buffer> {
  assertCommit(from);
  assertCommit(to);
  const gitDir = place.gitDir ?? ownRepository(folder);
  const { stdout } = await runGit({
    args: ["diff", "--no-ext-diff", "--no-textconv", "--no-color", ...flags, from, to, "--"],
    cwd: dirname(gitDir),
    gitDir,
  });
  return stdout;
}
