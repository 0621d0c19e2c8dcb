import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedLoop } from "@system-bus/loops";
import { writeFileAtomic } from "../files/atomic-write.ts";

/** What an agent is given beside its prompt. Undefined where the prompt holds everything. */
export async function writeMaterial(
  { places }: Pick<LoadedLoop, "places">,
  name: string,
  material: string | null,
): Promise<string | undefined> {
  if (material === null) return undefined;
  const folder = join(places.scratch, "material");
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFileAtomic(path, material, 0o600);
  return path;
}
