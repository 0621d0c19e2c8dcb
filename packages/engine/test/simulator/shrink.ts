import { MOMENT_FAULTS, OUTSIDE_ACTS, SPELL_FAULTS } from "./faults/trouble.ts";
import { type SimulationOptions, type SimulationResult, simulate } from "./simulation.ts";

const EVENTS_MAX = 64;

/** A smaller world that breaks in the same way: with fewer kinds of trouble, then with fewer events. */
export function shrink(failed: SimulationResult): {
  readonly options: SimulationOptions;
  readonly result: SimulationResult;
} {
  const { seed } = failed;
  const without = new Set<string>();
  let result = failed;
  let options: SimulationOptions = { seed };
  const tryOptions = (tried: SimulationOptions): boolean => {
    const smaller = simulate(tried);
    if (!isSame(smaller, failed)) return false;
    result = smaller;
    options = tried;
    return true;
  };
  for (const trouble of [...MOMENT_FAULTS, ...SPELL_FAULTS, ...OUTSIDE_ACTS]) {
    if (!failed.counts.has(trouble)) continue;
    if (tryOptions({ seed, without: new Set([...without, trouble]) })) without.add(trouble);
  }
  for (let eventsMax = 3; eventsMax < EVENTS_MAX; eventsMax *= 2) {
    if (tryOptions({ seed, without, eventsMax })) break;
  }
  return { options, result };
}

/** The same rule was broken: ids and numbers may differ. */
function isSame(a: SimulationResult, b: SimulationResult): boolean {
  return a.problem !== null && ruleOf(a.problem) === ruleOf(b.problem ?? "");
}

function ruleOf(problem: string): string {
  return problem.replace(/[^a-z ]+/g, "").slice(0, 60);
}
