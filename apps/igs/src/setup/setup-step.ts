import type { VariableName } from "@system-bus/settings";

/** One thing that may have to be done. It holds no key, so a plan can be shown. */
export type SetupAct =
  | { readonly kind: "fetch-image" }
  | { readonly kind: "store-keys" }
  | { readonly kind: "protect-keys-file"; readonly path: string }
  | { readonly kind: "store-settings"; readonly changes: ReadonlyMap<VariableName, string> }
  | { readonly kind: "make-vault"; readonly path: string }
  | { readonly kind: "stop-bus" }
  | { readonly kind: "stop-container" }
  | { readonly kind: "set-aside-container"; readonly as: string }
  | { readonly kind: "remove-container" }
  | { readonly kind: "make-volume" }
  | { readonly kind: "run-container" }
  | { readonly kind: "start-container" }
  | { readonly kind: "apply-manifest" }
  | { readonly kind: "store-secret" }
  | { readonly kind: "await-rollout" }
  | { readonly kind: "await-engine" }
  | { readonly kind: "start-bus" };

export interface SetupStep {
  readonly act: SetupAct;
  readonly isDone: boolean;
  /** What is done, or, when it is done already, what is there. Begins with a capital, has no full stop. */
  readonly text: string;
}
