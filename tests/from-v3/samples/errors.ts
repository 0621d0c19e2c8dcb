import { NonRetriableError, RetryAfterError } from "inngest";
import { inngest } from "./client.ts";

// #sample error-types
export const erring = inngest.createFunction(
  { id: "erring", triggers: [{ event: "errors/start" }], retries: 4 },
  async ({ event, step }) => {
    const user = await step.run("find-user", async () => {
      if (event.data.busy) throw new RetryAfterError("Rate limited", "30s");
      if (!event.data.userId) {
        throw new NonRetriableError("User not found", { cause: new Error("no id") });
      }
      return event.data.userId;
    });
    return { user };
  },
);
// #end

// #sample step-error
export const recovering = inngest.createFunction(
  { id: "recovering", triggers: [{ event: "errors/recover" }], retries: 0 },
  async ({ step }) => {
    // A StepError, once the step has used up its tries.
    return step
      .run("risky-step", async (): Promise<string> => {
        throw new Error("the risky way failed");
      })
      .catch((error: Error) =>
        step.run("fallback-step", async () => `fell back: ${error.message}`),
      );
  },
);
// #end

// #sample on-failure
export const failing = inngest.createFunction(
  {
    id: "failing",
    triggers: [{ event: "errors/fail" }],
    retries: 0,
    onFailure: async ({ event, error, step }) => {
      // The event that it failed with is in the failure's event.
      const { name } = event.data.event;
      await step.run("clean-up", async () => `${name}: ${error.message}`);
    },
  },
  async () => {
    throw new Error("it fails");
  },
);
// #end

// #sample function-failed
export const handleFailures = inngest.createFunction(
  { id: "handle-failures", triggers: [{ event: "inngest/function.failed" }] },
  async ({ event }) => `${event.data.function_id}: ${event.data.error.message}`,
);
// #end

// #sample attempt
export const careful = inngest.createFunction(
  { id: "careful", triggers: [{ event: "errors/attempt" }], retries: 1 },
  async ({ attempt, maxAttempts }) => {
    // From zero; of the step in hand, or of the function where none is.
    if (attempt === 0) throw new RetryAfterError("the first way failed", "1s");
    return `the second way, ${attempt + 1} of ${maxAttempts}`;
  },
);
// #end
