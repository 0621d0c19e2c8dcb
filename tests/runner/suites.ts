import { basename, dirname, join } from "node:path";

/** Test files of one workspace, run by one process in that workspace's folder. */
export interface Suite {
  /** `packages/engine`; `tests/loops` for those of a workspace that are run by themselves. */
  readonly name: string;
  /** As `packages/engine`. */
  readonly folder: string;
  /** Relative to `folder`. */
  readonly files: readonly string[];
}

export interface SuiteSelection {
  /** Leaves out the tests that start whole systems; those of the import rules and the like stay. */
  readonly isFast: boolean;
  /** Parts of paths; without any, every file is meant. */
  readonly filters: readonly string[];
}

const SYSTEM_TESTS = "tests";
/** Workspaces by themselves; the other areas are folders of workspaces. */
const SINGLE_WORKSPACES = ["bench", SYSTEM_TESTS];
const FAST_SYSTEM_TESTS = ["checks/", "runner/"];

/** Each of these takes minutes: a process of its own, with a time limit of its own. */
const BY_THEMSELVES = ["tests/agents", "tests/kills", "tests/loops"];

/** Whole systems first: they take minutes, and would be left at the end for one lane alone. */
const AREAS = [SYSTEM_TESTS, "packages", "apps", "bench"];

/** Finds the suites among the repository's test files, given relative to its root. */
export function findSuites(testFiles: readonly string[], selection: SuiteSelection): Suite[] {
  const suites = new Map<string, { folder: string; files: string[] }>();
  for (const path of [...testFiles].sort()) {
    const folder = workspaceOf(path);
    if (folder === null || !isSelected(path, folder, selection)) continue;
    const name = BY_THEMSELVES.find((part) => path.startsWith(`${part}/`)) ?? folder;
    const suite = suites.get(name) ?? { folder, files: [] };
    suite.files.push(path.slice(folder.length + 1));
    suites.set(name, suite);
  }
  return [...suites]
    .map(([name, suite]) => ({ name, ...suite }))
    .sort((one, other) => areaIndex(one.folder) - areaIndex(other.folder));
}

/** Every test file of the checkout, relative to its root. */
export async function listTestFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  for (const area of AREAS) {
    const glob = new Bun.Glob("**/*.test.{ts,tsx}");
    for await (const file of glob.scan({ cwd: join(root, area) })) {
      if (!file.includes("node_modules/")) files.push(`${area}/${file}`);
    }
  }
  return files;
}

function workspaceOf(path: string): string | null {
  const [area, name] = path.split("/");
  if (area === undefined || name === undefined || !AREAS.includes(area)) return null;
  return SINGLE_WORKSPACES.includes(area) ? area : `${area}/${name}`;
}

function isSelected(path: string, folder: string, { isFast, filters }: SuiteSelection): boolean {
  const inFolder = path.slice(folder.length + 1);
  if (
    isFast &&
    folder === SYSTEM_TESTS &&
    !FAST_SYSTEM_TESTS.some((part) => inFolder.startsWith(part))
  ) {
    return false;
  }
  return filters.length === 0 || filters.some((filter) => path.includes(filter));
}

function areaIndex(folder: string): number {
  return AREAS.indexOf(dirname(folder) === "." ? basename(folder) : dirname(folder));
}
