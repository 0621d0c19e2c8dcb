import packageJson from "../../templates/package-bun.json";
import type { ScaffoldTarget } from "./decide-target.ts";
import type { FolderFacts, PackageManager } from "./folder-facts.ts";

const { inngest, zod } = packageJson.dependencies;
/** What the files of an app import. */
const NEEDED: Readonly<Record<string, string>> = { inngest, zod };

const ADD_EXACTLY: Record<PackageManager, string> = {
  bun: "bun add --exact",
  npm: "npm install --save-exact",
  pnpm: "pnpm add --save-exact",
  yarn: "yarn add --exact",
};

/** What the person runs next, in the folder. Nothing is installed for them: the app is theirs. */
export function commandsFor(target: ScaffoldTarget, facts: FolderFacts): readonly string[] {
  if (target.kind === "worker") {
    const manager = target.runtime === "bun" ? "bun" : "npm";
    return [`${manager} install`, `${manager} run dev`];
  }
  const present = facts.manifest?.dependencies ?? {};
  const missing = Object.keys(NEEDED).filter((name) => present[name] === undefined);
  if (missing.length === 0) return [];
  const packages = missing.map((name) => `${name}@${NEEDED[name]}`).join(" ");
  return [`${ADD_EXACTLY[facts.packageManager]} ${packages}`];
}
