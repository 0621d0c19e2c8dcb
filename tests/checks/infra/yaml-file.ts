import { join } from "node:path";
import { root } from "../repository-copy.ts";

/** Any YAML mapping. These files are anyone's to write: what is read of one is looked at first. */
export type Mapping = Readonly<Record<string, unknown>>;

export interface YamlDocument {
  /** Relative to the repository's root. */
  readonly file: string;
  readonly content: Mapping;
}

export async function listFiles(pattern: string): Promise<string[]> {
  return (await Array.fromAsync(new Bun.Glob(pattern).scan({ cwd: root }))).toSorted();
}

export async function loadDocuments(pattern: string): Promise<YamlDocument[]> {
  const files = await listFiles(pattern);
  const documents = files.map(async (file) =>
    parseDocuments(await Bun.file(join(root, file)).text()).map((content) => ({ file, content })),
  );
  return (await Promise.all(documents)).flat();
}

export function parseDocuments(text: string): Mapping[] {
  return [Bun.YAML.parse(text)].flat().filter(isMapping);
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What lies under the names; undefined where there is nothing. A number is a place in a list. */
export function pick(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, name) => {
    if (Array.isArray(inner)) return inner[Number(name)];
    return isMapping(inner) ? inner[String(name)] : undefined;
  }, value);
}

export function pickList(
  value: unknown,
  ...path: readonly (string | number)[]
): readonly unknown[] {
  const list = pick(value, ...path);
  return Array.isArray(list) ? list : [];
}

export function pickText(value: unknown, ...path: readonly (string | number)[]): string {
  const text = pick(value, ...path);
  return typeof text === "string" ? text : "";
}
