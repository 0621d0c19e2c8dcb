import type { World } from "../world/world.ts";
import type { StatementFate } from "./disk.ts";
import type { MomentFault, TroublePlan } from "./trouble.ts";

/** They write nothing. */
const NEVER_FAILING = /^\s*(ROLLBACK|RELEASE|SAVEPOINT)/;

const COMMIT_FATES: readonly (readonly [MomentFault, StatementFate])[] = [
  ["engine crashed before a commit", "dies before"],
  ["engine crashed after a commit", "dies after"],
  ["write refused", "is refused"],
];
const WRITE_FATES: readonly (readonly [MomentFault, StatementFate])[] = [
  ["engine crashed at a write", "dies before"],
  ["write refused", "is refused"],
];

/** What becomes of a statement that writes. */
export function drawStatementFate(
  statement: string,
  { world, trouble }: { readonly world: World; readonly trouble: TroublePlan },
): StatementFate {
  if (NEVER_FAILING.test(statement)) return "runs";
  for (const [fault, fate] of statement === "COMMIT" ? COMMIT_FATES : WRITE_FATES) {
    if (!trouble.strikes(fault)) continue;
    world.count(fault);
    return fate;
  }
  return "runs";
}
