// The same plans for the official SDK, to compare the fake one with.

import {
  type Context,
  type Inngest,
  type InngestFunction,
  NonRetriableError,
  RetryAfterError,
  referenceFunction,
} from "inngest";
import { APP_NAME, goEvent } from "../plan/create-functions.ts";
import type { FunctionSpec } from "../plan/function-spec.ts";
import { essenceOf, signalledBy, wokenBy } from "../plan/outcome.ts";
import { type Action, type Failing, type Plan, waitExpression } from "../plan/plan.ts";
import { throwsNow } from "./execution.ts";
import { invokeData } from "./sdk.ts";

export function createOfficialFunction(inngest: Inngest, spec: FunctionSpec): InngestFunction.Any {
  const { index, id, plan, attemptsMax, requestVersion, checkpointing } = spec;
  return inngest.createFunction(
    {
      id,
      // 1 to 5 attempts; the SDK's type names each number.
      retries: (attemptsMax - 1) as 0 | 1 | 2 | 3 | 4,
      triggers: [{ event: goEvent(index) }],
      optimizeParallelism: requestVersion === 2,
      checkpointing: checkpointing ? { bufferedSteps: checkpointing.bufferedSteps } : false,
    },
    (context: Context.Any) => carryOut(plan, context),
  );
}

async function carryOut(plan: Plan, context: Context.Any): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const action of plan) values.push(await carryOutOne(action, context));
  return values;
}

async function carryOutOne(action: Action, context: Context.Any): Promise<unknown> {
  const { step, attempt, event, group } = context;
  switch (action.kind) {
    case "run":
      return catching(action.isCaught, () => step.run(action.id, () => runStep(action, attempt)));
    case "send": {
      const data = invokeData(event.data);
      return step.sendEvent(
        action.id,
        action.eventNames.map((name) => ({ name, data })),
      );
    }
    case "sleep":
      await step.sleep(action.id, action.seconds * 1_000);
      return "slept";
    case "wait": {
      const expression = waitExpression(action.match);
      const options = { event: action.eventName, timeout: `${action.timeoutSeconds}s` };
      return wokenBy(
        await step.waitForEvent(action.id, expression ? { ...options, if: expression } : options),
      );
    }
    case "invoke": {
      const target = referenceFunction({ appId: APP_NAME, functionId: action.functionId });
      const timeout =
        action.timeoutSeconds === null ? {} : { timeout: `${action.timeoutSeconds}s` };
      const options = { function: target, data: invokeData(event.data), ...timeout };
      return catching(action.isCaught, () => step.invoke(action.id, options));
    }
    case "signal": {
      const { id, timeoutSeconds, replaces } = action;
      const onConflict = replaces ? "replace" : "fail";
      const options = { signal: id, timeout: `${timeoutSeconds}s`, onConflict } as const;
      return signalledBy(await step.waitForSignal(id, options));
    }
    case "parallel": {
      const start = () => action.branches.map((branch) => carryOut(branch, context));
      if (action.mode === "all") return Promise.all(start());
      return group.parallel({ mode: "race" }, () => Promise.race(start()));
    }
    case "throw":
      if (throwsNow(action, attempt)) throw failure(`${action.id} threw`, action.failing);
      return "went on";
  }
}

/** What a step's code does in both apps, so that they can be compared: its number tells the attempt. */
export function runStep(
  action: Extract<Action, { kind: "run" }>,
  attempt: number,
): { readonly number: number } {
  if (throwsNow(action, attempt)) throw failure(`${action.id} failed #${attempt}`, action.failing);
  return { number: attempt };
}

async function catching(isCaught: boolean, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return essenceOf(await work());
  } catch (error) {
    if (!isCaught || !(error instanceof Error)) throw error;
    return `caught: ${error.message}`;
  }
}

function failure(message: string, failing: Failing): Error {
  if (failing.kind === "no-retry") return new NonRetriableError(message);
  if (failing.kind === "retry-after") return new RetryAfterError(message, failing.seconds * 1_000);
  return new Error(message);
}
