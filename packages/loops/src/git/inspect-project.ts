import { lstat, realpath } from "node:fs/promises";
import { isAbsolute, join, resolve, sep } from "node:path";
import { LoopsError } from "../loops-error.ts";
import { isFolder } from "./is-folder.ts";
import { askGit, runGit } from "./run-git.ts";

export interface ProjectFacts {
  /** Its real path, links resolved; what was given where there is no such folder. */
  readonly project: string;
  /** Checked out now; null without one. */
  readonly branch: string | null;
  readonly head: string | null;
  /** Of the files of HEAD, as they are stored; 0 without any. */
  readonly sizeBytes: number;
  /** All that keeps a loop from starting, one sentence each. */
  readonly problems: readonly string[];
  /** What a person should know beforehand. */
  readonly notes: readonly string[];
}

export interface InspectionLimits {
  /** Folders below which projects may lie (`LOOP_PROJECTS`). */
  readonly allowedRoots: readonly string[];
}

/** Something that is under way in a repository leaves one of these in its folder. */
const UNDER_WAY: readonly (readonly [string, string])[] = [
  ["MERGE_HEAD", "a merge"],
  ["rebase-merge", "a rebase"],
  ["rebase-apply", "a rebase or `git am`"],
  ["CHERRY_PICK_HEAD", "a cherry-pick"],
  ["REVERT_HEAD", "a revert"],
  ["BISECT_LOG", "a bisection"],
];

const SHOWN_MAX = 5;

/**
 * Whether a loop can work on this repository, all problems at once. Reads only; a folder outside the
 * allowed roots is not even looked into.
 */
export async function inspectProject(
  path: string,
  limits: InspectionLimits,
): Promise<ProjectFacts> {
  const nothing = { project: path, branch: null, head: null, sizeBytes: 0, notes: [] };
  const project = await realpath(path).catch(() => null);
  if (!isAbsolute(path)) return { ...nothing, problems: [`${path}: give its full path`] };
  if (project === null) return { ...nothing, problems: [`${path}: there is no such folder`] };
  const outside = await outsideProblem(project, limits);
  if (outside !== null) return { ...nothing, project, problems: [outside] };

  if (!(await isFolder(project))) return { ...nothing, problems: [`${path}: is no folder`] };

  const layout = await readLayout(project);
  if (typeof layout === "string") return { ...nothing, project, problems: [layout] };
  const problems = await layoutProblems(project, layout, limits);
  if (!layout.hasFiles) return { ...nothing, project, problems };
  const state = await readState(project);
  problems.push(...stateProblems(state));
  const tree = state.head === null ? EMPTY_TREE : await readTree(project);
  problems.push(...submoduleProblems(tree));
  const notes = state.head === null ? [] : await filterNotes(project);
  const { branch, head } = state;
  return { project, branch, head, sizeBytes: tree.sizeBytes, problems, notes };
}

async function outsideProblem(
  path: string,
  { allowedRoots }: InspectionLimits,
): Promise<string | null> {
  for (const root of allowedRoots) {
    const real = await realpath(root).catch(() => null);
    if (real !== null && isInside(real, path)) return null;
  }
  const roots =
    allowedRoots.length === 0 ? "which names none" : `which names ${allowedRoots.join(", ")}`;
  return `${path} lies outside the folders of LOOP_PROJECTS, ${roots}: add a folder above it if loops may work there`;
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

interface Layout {
  /** False of a bare repository, and inside of a `.git`. */
  readonly hasFiles: boolean;
  readonly isShallow: boolean;
  readonly isPartial: boolean;
  readonly top: string;
  readonly gitDir: string;
  readonly commonDir: string;
}

/** The repository's folders, or why there are none. */
async function readLayout(project: string): Promise<Layout | string> {
  const { exitCode, stdout, stderr } = await runGit({
    args: [
      ...["rev-parse", "--is-inside-work-tree", "--is-shallow-repository"],
      ...["--absolute-git-dir", "--git-common-dir", "--show-cdup"],
    ],
    cwd: project,
    isPersonal: true,
    expectedExitCodes: [128],
  });
  if (exitCode !== 0) {
    return /not a git repository/i.test(stderr)
      ? `${project} is not a git repository: run \`git init\` and commit what is there`
      : `git can't read ${project}: ${stderr}`;
  }
  const [hasFiles, shallow, gitDir = "", commonDir = "", up = ""] = stdout
    .toString("utf8")
    .split("\n");
  const partial = await runGit({
    args: ["config", "--get-regexp", "^(extensions\\.partialclone|remote\\..*\\.promisor)$"],
    cwd: project,
    isPersonal: true,
    expectedExitCodes: [1],
  });
  return {
    hasFiles: hasFiles === "true",
    isShallow: shallow === "true",
    isPartial: partial.exitCode === 0,
    top: resolve(project, up),
    gitDir,
    commonDir: await realpath(resolve(project, commonDir)),
  };
}

async function layoutProblems(
  project: string,
  layout: Layout,
  limits: InspectionLimits,
): Promise<string[]> {
  if (!layout.hasFiles)
    return [`${project} is a repository that has no files of its own: give a checkout of it`];
  const problems: string[] = [];
  if (layout.top !== project) {
    problems.push(`${project} is inside the repository ${layout.top}: give its top folder`);
  }
  if ((await outsideProblem(layout.commonDir, limits)) !== null) {
    problems.push(
      `${project} keeps its repository in ${layout.commonDir}, outside the folders of LOOP_PROJECTS`,
    );
  }
  if (layout.isShallow) {
    problems.push("it is a shallow clone: run `git fetch --unshallow`");
  }
  if (layout.isPartial) {
    problems.push("it is a partial clone, whose objects are fetched as needed: make a full one");
  }
  if ((await lstat(join(layout.commonDir, "info", "grafts")).catch(() => null)) !== null) {
    problems.push("its history is grafted (.git/info/grafts): remove the grafts");
  }
  for (const [name, what] of UNDER_WAY) {
    if ((await lstat(join(layout.gitDir, name)).catch(() => null)) !== null) {
      problems.push(`${what} is under way: finish or abort it`);
    }
  }
  return problems;
}

interface State {
  readonly branch: string | null;
  readonly head: string | null;
  readonly dirty: readonly string[];
}

/** As the person sees it: what their own settings ignore is not dirt. */
async function readState(project: string): Promise<State> {
  const { stdout } = await runGit({
    args: [
      "status",
      "--porcelain=v2",
      "--branch",
      "-z",
      "--untracked-files=normal",
      "--no-renames",
    ],
    cwd: project,
    isPersonal: true,
  });
  let branch: string | null = null;
  let head: string | null = null;
  const dirty: string[] = [];
  for (const line of stdout.toString("utf8").split("\0")) {
    if (line.startsWith("# branch.oid ")) head = nullIf("(initial)", line.slice(13));
    else if (line.startsWith("# branch.head ")) branch = nullIf("(detached)", line.slice(14));
    else if (line !== "" && !line.startsWith("#")) dirty.push(dirtyPath(line));
  }
  return { branch, head, dirty };
}

function nullIf(none: string, value: string): string | null {
  return value === none ? null : value;
}

/** `1 XY sub mH mI mW hH hI path`, `u XY sub m1 m2 m3 mW h1 h2 h3 path`, `? path`. */
function dirtyPath(line: string): string {
  const fieldCounts: Record<string, number> = { "1": 8, u: 10, "?": 1 };
  const skipped = fieldCounts[line[0] ?? ""] ?? 1;
  return line.split(" ").slice(skipped).join(" ");
}

function stateProblems({ branch, head, dirty }: State): string[] {
  const problems: string[] = [];
  if (head === null) problems.push("it has no commits: commit what is there");
  else if (branch === null) problems.push("its HEAD is detached: switch to a branch");
  if (dirty.length > 0) {
    problems.push(
      `it has changes that are not committed: ${listSome(dirty)}: commit or stash them`,
    );
  }
  return problems;
}

function listSome(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN_MAX).map((path) => JSON.stringify(path));
  const rest = paths.length - shown.length;
  return rest === 0 ? shown.join(", ") : `${shown.join(", ")} and ${rest} more`;
}

interface Tree {
  readonly submodules: readonly string[];
  readonly sizeBytes: number;
}

const EMPTY_TREE: Tree = { submodules: [], sizeBytes: 0 };

/** Lines such as `100644 blob <hash>     120<tab>path`; `-` for the size of a submodule. */
async function readTree(project: string): Promise<Tree> {
  const listed = await askGit({
    args: ["ls-tree", "-r", "-l", "-z", "--full-tree", "HEAD"],
    cwd: project,
    outputMaxBytes: 512 * 1024 * 1024,
  });
  const submodules: string[] = [];
  let sizeBytes = 0;
  for (const line of listed.split("\0")) {
    const pathAt = line.indexOf("\t") + 1;
    if (line.startsWith("160000 ")) submodules.push(line.slice(pathAt));
    else sizeBytes += Number(line.slice(line.lastIndexOf(" ", pathAt) + 1, pathAt));
  }
  return { submodules, sizeBytes };
}

function submoduleProblems({ submodules }: Tree): string[] {
  return submodules.length === 0
    ? []
    : [`it has submodules, which a loop's clone would lack: ${listSome(submodules)}`];
}

async function filterNotes(project: string): Promise<string[]> {
  const listed = await askGit({
    args: ["ls-files", "-z", "--", ".", ":(exclude,attr:!filter)", ":(exclude,attr:-filter)"],
    cwd: project,
  });
  const paths = listed.split("\0").filter(Boolean);
  return paths.length === 0
    ? []
    : [
        `files that go through a filter (such as Git LFS) are there only as they are stored, and a change to one is refused: ${listSome(paths)}`,
      ];
}

/** For whoever goes on only with a fit project. Throws `PROJECT_UNFIT` with all problems. */
export function assertFit(facts: ProjectFacts): asserts facts is FitProject {
  if (facts.problems.length === 0) return;
  throw new LoopsError("PROJECT_UNFIT", `${facts.project}: ${facts.problems.join("; ")}`);
}

export type FitProject = ProjectFacts & { readonly branch: string; readonly head: string };
