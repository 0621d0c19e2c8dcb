import type { DoctorScene } from "./scene.ts";
import type { Verdict } from "./verdict.ts";

export interface ExaminationSpec<Facts> {
  /** As a person types it: `igs doctor disk`. */
  readonly id: string;
  /** What is looked at, as the second half of "The doctor looks whether …". */
  readonly title: string;
  /** It asks other machines, and may wait for them: left out by `--quick`. */
  readonly isRemote?: boolean;
  /** The thin edge: sees, and judges nothing. Throws `NotSeen` when it can't. */
  look(scene: DoctorScene, signal: AbortSignal): Promise<Facts>;
  /** Pure. */
  decide(facts: Facts): Verdict;
}

export interface Examination extends Omit<ExaminationSpec<unknown>, "look" | "decide"> {
  readonly isRemote: boolean;
  examine(scene: DoctorScene, signal: AbortSignal): Promise<Verdict>;
}

/** `decide` is for tests: what it decides on can't always be planted for real, such as a full disk. */
export function createExamination<Facts>(
  spec: ExaminationSpec<Facts>,
): Examination & Pick<ExaminationSpec<Facts>, "decide"> {
  const { id, title, isRemote = false, decide } = spec;
  const examine: Examination["examine"] = async (scene, signal) =>
    decide(await spec.look(scene, signal));
  return { id, title, isRemote, examine, decide };
}
