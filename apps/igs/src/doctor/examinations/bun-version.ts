import { join } from "node:path";
import { z } from "zod";
import { createExamination } from "../examination.ts";
import { fault, wellUnless } from "../verdict.ts";

export interface BunFacts {
  /** What the checkout asks for, such as `>=1.4.5`. */
  readonly wanted: string;
  /** Each process of the bus that could be asked, with its version. */
  readonly found: readonly { readonly who: string; readonly version: string }[];
}

const PackageSchema = z.object({ engines: z.object({ bun: z.string() }) });

export const bunVersion = createExamination<BunFacts>({
  id: "bun",
  title: "Bun is new enough, in this shell and in the worker",
  async look({ checkout, place }) {
    const manifest = PackageSchema.parse(await Bun.file(join(checkout, "package.json")).json());
    const worker = await place().catch(() => null);
    return {
      wanted: manifest.engines.bun,
      found: [
        { who: "this shell", version: Bun.version },
        ...(worker === null ? [] : [{ who: "the worker", version: worker.bunVersion }]),
      ],
    };
  },
  decide({ wanted, found }) {
    const old = found.filter(({ version }) => !Bun.semver.satisfies(version, wanted));
    return wellUnless(
      old.map(({ who, version }) =>
        fault({
          problem: `Bun is ${version} in ${who}, and ${wanted} is needed.`,
          why: "older ones can't read the lock file, and nothing was tried with them",
          cure: "bun upgrade",
          hint: "Then start the worker again.",
        }),
      ),
      found.map(({ who, version }) => `${version} in ${who}`).join(", "),
    );
  },
});
