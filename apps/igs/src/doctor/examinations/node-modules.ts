import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, wellUnless } from "../verdict.ts";

export interface ModuleFacts {
  readonly checkout: string;
  readonly packages: readonly {
    readonly name: string;
    /** As the manifest pins it. */
    readonly wanted: string;
    /** Null when it is not installed. */
    readonly found: string | null;
  }[];
}

const ManifestSchema = z.object({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

export const nodeModules = createExamination<ModuleFacts>({
  id: "modules",
  title: "the packages that the checkout asks for are installed, in their versions",
  async look({ checkout }) {
    const packages = new Map<string, ModuleFacts["packages"][number]>();
    for await (const path of new Bun.Glob("{apps,packages}/*/package.json").scan(checkout)) {
      const folder = join(checkout, path, "..");
      const { dependencies } = await readManifest(join(checkout, path));
      for (const [name, wanted] of Object.entries(dependencies)) {
        if (wanted.startsWith("workspace:")) continue;
        const found = await findVersion(
          [join(folder, "node_modules"), join(checkout, "node_modules")],
          name,
        );
        packages.set(`${path} ${name}`, { name, wanted, found });
      }
    }
    return { checkout, packages: [...packages.values()] };
  },
  decide({ checkout, packages }) {
    // A range can't be compared by its text: there it has to be installed, in whatever version.
    const isPinned = (wanted: string) => /^\d/.test(wanted);
    const wrong = packages.filter(
      ({ wanted, found }) => found === null || (isPinned(wanted) && found !== wanted),
    );
    const [first] = wrong;
    if (first === undefined) return wellUnless([], `${packages.length} packages as pinned`);
    const more = wrong.length === 1 ? "" : `, and ${wrong.length - 1} more are not as pinned`;
    const is = first.found === null ? "is not installed" : `is ${first.found}`;
    return wellUnless(
      [
        fault({
          problem: `${first.name} ${is} and ${first.wanted} is asked for${more}.`,
          why: "the worker may not start, or does what another release did",
          cure: `bun install --frozen-lockfile --cwd ${shellWord(checkout)}`,
          hint: "Then start the bus again.",
        }),
      ],
      "",
    );
  },
});

async function readManifest(path: string) {
  return ManifestSchema.parse(await Bun.file(path).json());
}

async function findVersion(folders: readonly string[], name: string): Promise<string | null> {
  for (const folder of folders) {
    const path = join(folder, name, "package.json");
    if (existsSync(path)) return (await readManifest(path)).version ?? null;
  }
  return null;
}
