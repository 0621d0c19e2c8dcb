import { inngest } from "./client.ts";

// #sample cancel
export const onboarding = inngest.createFunction(
  {
    id: "onboarding",
    triggers: [{ event: "cancel/start" }],
    cancelOn: [
      {
        event: "user/account.deleted",
        if: "event.data.userId == async.data.userId",
        timeout: "30m", // listened for as long as that
      },
    ],
    timeouts: {
      start: "10m", // how long it may wait to begin
      finish: "1h", // how long it may take, once begun
    },
  },
  async ({ step }) => step.sleep("a-while", "30m"),
);

export const cleanUp = inngest.createFunction(
  { id: "clean-up", triggers: [{ event: "inngest/function.cancelled" }] },
  async ({ event }) => event.data.function_id,
);
// #end
