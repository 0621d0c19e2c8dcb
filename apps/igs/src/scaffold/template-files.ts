import { join } from "node:path";
import type { ScaffoldTarget } from "./decide-target.ts";

export const templatesFolder = join(import.meta.dir, "../../templates");

export interface TemplateFile {
  /** In the templates' folder. */
  readonly from: string;
  /** In the person's folder. */
  readonly to: string;
}

const INNGEST = ["client.ts", "events.ts", "files.ts", "process-task.ts", "functions.ts"];

/** Which template becomes which file, in the order of writing: a worker's package.json, its mark, last. */
export function templateFiles(target: ScaffoldTarget): readonly TemplateFile[] {
  if (target.kind === "worker") return workerFiles(target.runtime);
  const { runtime, prefix } = target;
  const files = INNGEST.map((name) => `inngest/${name}`);
  if (runtime === "next") files.push("app/api/inngest/route.ts");
  return files.map((name) => ({ from: `src/${name}`, to: `${prefix}${name}` }));
}

function workerFiles(runtime: "bun" | "node"): readonly TemplateFile[] {
  const same = (name: string) => ({ from: name, to: name });
  return [
    { from: "gitignore", to: ".gitignore" },
    same("README.md"),
    { from: `tsconfig-${runtime}.json`, to: "tsconfig.json" },
    ...INNGEST.map((name) => same(`src/inngest/${name}`)),
    same("src/app.ts"),
    same("src/listen.ts"),
    { from: `src/serve-${runtime}.ts`, to: "src/serve.ts" },
    same("test/process-task.test.ts"),
    { from: `package-${runtime}.json`, to: "package.json" },
  ];
}

/** The file whose marked lines the person adds to an app; null where there are none to add. */
export function linesTemplate(target: ScaffoldTarget): string | null {
  if (target.kind === "worker" || target.runtime === "next") return null;
  return `src/mount-${target.runtime}.ts`;
}
