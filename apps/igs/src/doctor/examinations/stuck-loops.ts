import { findFaults } from "../../loop/find-faults.ts";
import { listLoops } from "../../loop/find-loop.ts";
import { lookAtLoop } from "../../loop/look-at-loop.ts";
import { listLoopFolders } from "../../loop/loop-folders.ts";
import { createExamination } from "../examination.ts";
import { NotSeen, type Verdict, warning, wellUnless } from "../verdict.ts";

export interface LoopFacts {
  /** Of loops that are not over: what `igs loop diagnose` says of each. */
  readonly loops: readonly { readonly loopId: string; readonly faults: readonly string[] }[];
}

const LOOPS_MAX = 5;

export const stuckLoops = createExamination<LoopFacts>({
  id: "loops",
  title: "coding loops that are not over go on",
  async look(scene) {
    const connection = scene.connection();
    const nowMs = scene.nowMs();
    const listed = await listLoops(listLoopFolders(scene), nowMs);
    const going = listed.filter(
      ({ loop, problem }) => problem !== null || loop?.state.ended === null,
    );
    if (going.length === 0) return { loops: [] };
    const { engine, engineUrl } = await scene.status();
    if (engine.kind !== "embedded" && engine.kind !== "inngest") {
      throw new NotSeen(
        `${going.length} loops are not over, and no engine answers at ${engineUrl}`,
      );
    }
    const loops = going.slice(0, LOOPS_MAX).map(async ({ named }) => ({
      loopId: named.loopId,
      faults: findFaults(await lookAtLoop(named, connection, nowMs), nowMs).map(
        ({ problem }) => problem,
      ),
    }));
    return { loops: await Promise.all(loops) };
  },
  decide({ loops }): Verdict {
    if (loops.length === 0) return { kind: "unused", said: "none is under way" };
    return wellUnless(
      loops.flatMap(({ loopId, faults: [worst] }) =>
        worst === undefined
          ? []
          : [
              warning({
                problem: `Loop ${loopId}: ${worst}`,
                why: "its stories wait",
                cure: `igs loop diagnose ${loopId}`,
              }),
            ],
      ),
      loops.map(({ loopId }) => loopId).join(", "),
    );
  },
});
