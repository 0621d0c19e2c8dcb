import type { ImportEnding } from "./folder-facts.ts";

export interface TemplateValues {
  /** The app's id at the engine, and the package's name. */
  readonly name: string;
  readonly port: number;
  readonly importEnding: ImportEnding;
  readonly packageManager: "bun" | "npm";
  /** With the keys of `igs start`. */
  readonly settingsFile: string;
}

/** The templates are files that run as they stand: these words in them are what differs. */
const NAME = "my-worker";
const PORT = "3112";
const SETTINGS_FILE = "$HOME/.config/system-bus/env";

export function renderTemplate(text: string, values: TemplateValues): string {
  const { name, port, importEnding, packageManager, settingsFile } = values;
  const rendered = text
    .replaceAll(NAME, name)
    .replaceAll(PORT, String(port))
    .replace(/(from ")(\.[^"]+)\.ts(";)/g, `$1$2${importEnding}$3`);
  if (packageManager === "bun") return rendered.replaceAll(SETTINGS_FILE, settingsFile);
  return rendered
    .replaceAll("bun install", "npm install")
    .replaceAll("bun run ", "npm run ")
    .replaceAll("bun --env-file", "node --import tsx --env-file")
    .replaceAll(SETTINGS_FILE, settingsFile);
}

/** What stands between `// #lines` and `// #end`, a blank line between the parts. */
export function readMarkedLines(text: string): string {
  const parts = text.matchAll(/^\/\/ #lines\n([\s\S]*?)^\/\/ #end$/gm);
  return [...parts].map(([, part = ""]) => part.trimEnd()).join("\n\n");
}
