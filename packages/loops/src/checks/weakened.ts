// What a change does to the checks themselves. It may be right (a story about the build, a test that the
// story makes untrue), so it decides nothing; but nobody should have to find it out.

import { z } from "zod";
import { isTestFile, type TestRunnerName } from "./test-runner.ts";

export interface WeakenedInput {
  /** Between the base commit and the attempt's. */
  readonly changes: readonly { readonly path: string; readonly kind: string }[];
  readonly runner: TestRunnerName | null;
  /** The checks' commands. */
  readonly checks: readonly (readonly string[])[];
  /** Texts of package.json; null where there is none. */
  readonly manifests: { readonly before: string | null; readonly after: string | null };
}

/** Files that say what is checked, and how strictly. */
const SETTINGS =
  /(^|\/)(bunfig\.toml|(vitest|vite|jest)\.(config|workspace)\.[^/]+|tsconfig[^/]*\.json|biome\.jsonc?|\.?eslint[^/]*|pytest\.ini|conftest\.py|setup\.cfg|tox\.ini|pyproject\.toml|Makefile)$/;
const MANAGERS: ReadonlySet<string> = new Set(["bun", "npm", "pnpm", "yarn"]);

/** Sentences for the judge and for people. Empty: the checks are what they were. */
export function findWeakened({ changes, runner, checks, manifests }: WeakenedInput): string[] {
  const files = changes.flatMap(({ path, kind }) => {
    const isTest = runner !== null && isTestFile(runner, path);
    if (kind === "added") return SETTINGS.test(path) ? [`adds ${path}`] : [];
    if (!isTest && !SETTINGS.test(path)) return [];
    return [`${kind === "deleted" ? "deletes" : "changes"} ${isTest ? "the test " : ""}${path}`];
  });
  const before = readScripts(manifests.before);
  const after = readScripts(manifests.after);
  const scripts = checks
    .flatMap((command) => scriptsOf(command, before))
    .flatMap((name) =>
      before[name] === after[name]
        ? []
        : [
            `changes the script \`${name}\`: \`${before[name] ?? ""}\` is now \`${after[name] ?? ""}\``,
          ],
    );
  return [...files, ...new Set(scripts)];
}

/** The script that a check runs, with what runs before and after it, and those that it calls by name. */
function scriptsOf(
  [program = "", ...words]: readonly string[],
  scripts: Readonly<Record<string, string>>,
): string[] {
  const name = words.filter((word) => word !== "run" && !word.startsWith("-"))[0];
  if (!MANAGERS.has(program) || name === undefined) return [];
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next) || scripts[next] === undefined) continue;
    found.add(next);
    const called = Object.keys(scripts).filter((other) => namesScript(scripts[next] ?? "", other));
    open.push(`pre${next}`, `post${next}`, ...called);
  }
  return [...found];
}

function namesScript(text: string, name: string): boolean {
  return text.split(/[\s;&|"']+/).includes(name);
}

const ManifestSchema = z.object({ scripts: z.record(z.string(), z.string()).catch({}) });

function readScripts(text: string | null): Readonly<Record<string, string>> {
  try {
    return ManifestSchema.parse(JSON.parse(text ?? "{}")).scripts;
  } catch {
    return {};
  }
}
