import type { Fact } from "./fact.ts";

type Keyless<Any> = Any extends Fact ? Omit<Any, "key"> : never;
export type KeylessFact = Keyless<Fact>;

/** The only way to a fact's key (R1). Its key says what there can be only one of. */
export function withKey(fact: KeylessFact): Fact {
  return { key: factKey(fact), ...fact };
}

/**
 * An attempt's number is never given twice in a loop, so its facts don't name the generation: a role
 * that was finished stays finished when the loop is taken up again. A person's verdict stands beside
 * the one that it overrules.
 */
export function factKey(fact: KeylessFact): string {
  switch (fact.kind) {
    case "begun":
    case "baseline":
    case "cancelled":
      return fact.kind;
    case "planned":
      return `planned:${fact.iteration}`;
    case "implemented":
    case "reviewed":
      return `${fact.kind}:${fact.storyId}:${fact.attempt}`;
    case "judged": {
      const key = `judged:${fact.storyId}:${fact.attempt}`;
      return fact.by === "person" ? `${key}:person` : key;
    }
    case "published":
      return `published:${fact.storyId}`;
    case "held":
    case "released": {
      const { kind, generation, role, storyId, attempt, turn } = fact;
      return `${kind}:${generation}:${role}:${storyId}:${attempt}:${turn}`;
    }
    case "reopened":
      return `reopened:${fact.storyId}:${fact.generation}`;
    case "paused":
    case "resumed":
    case "ended":
    case "finished":
    case "retro":
      return `${fact.kind}:${fact.generation}`;
  }
}
