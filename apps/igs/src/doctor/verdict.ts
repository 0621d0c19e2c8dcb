export type Severity = "fault" | "warning";

/** Something that is wrong. Its id is that of the examination that found it. */
export interface Trouble {
  /** `fault`: something that was asked for does not work. `warning`: it works, and not as meant, or not for long. */
  readonly severity: Severity;
  /** One sentence, with the value that is wrong. Never a secret. */
  readonly problem: string;
  /** What comes of it, in half a sentence. */
  readonly why: string;
  /** What mends it, ready to be typed. */
  readonly cure: string;
  /** What the command leaves to the person, or another way. */
  readonly hint?: string;
}

/** What an examination came to. Nothing is well by silence: what could not be looked at says so. */
export type Verdict =
  | { readonly kind: "well"; readonly said: string }
  | { readonly kind: "troubled"; readonly troubles: readonly Trouble[] }
  /** It is not in use here, so there is nothing to be well or wrong. */
  | { readonly kind: "unused"; readonly said: string }
  | { readonly kind: "unchecked"; readonly reason: string };

export function fault(trouble: Omit<Trouble, "severity">): Trouble {
  return { severity: "fault", ...trouble, problem: asSentence(trouble.problem) };
}

export function warning(trouble: Omit<Trouble, "severity">): Trouble {
  return { severity: "warning", ...trouble, problem: asSentence(trouble.problem) };
}

/** With one full stop: it may end with the words of a program, which may have one of their own. */
function asSentence(text: string): string {
  return `${text.replace(/[.\s]+$/, "")}.`;
}

/** Troubled when there is anything, else well. */
export function wellUnless(troubles: readonly Trouble[], said: string): Verdict {
  return troubles.length > 0 ? { kind: "troubled", troubles } : { kind: "well", said };
}

/** Thrown by a look that can't see what it is to look at; the doctor says so and goes on. */
export class NotSeen extends Error {
  override readonly name = "NotSeen";
}
