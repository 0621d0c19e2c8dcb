import { describeFailure } from "../output/describe-failure.ts";
import { failed, type Verdict } from "./check-result.ts";

/** An error that ended a check: an engine that refuses the key, for instance. */
export function describeTrouble(error: unknown): Verdict {
  const { code, message, fix } = describeFailure(error);
  return failed(message, fix, { code });
}
