import type { CommonFlags } from "../action.ts";

/** Flags of `igs engine`; their names are Inngest's where it has them. */
export interface EngineFlags extends CommonFlags {
  readonly host?: string;
  readonly port?: number;
  readonly data?: string;
  readonly memory?: boolean;
  readonly dev?: boolean;
  readonly eventKey?: readonly string[];
  readonly signingKey?: string;
  readonly retryInterval?: number;
  readonly sdkUrl?: readonly string[];
  readonly allowHost?: readonly string[];
}
