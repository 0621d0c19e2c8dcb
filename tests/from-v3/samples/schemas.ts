import { eventType, type GetFunctionInput, type GetStepTools, staticSchema } from "inngest";
import { z } from "zod";
import { inngest } from "./client.ts";

// #sample schemas
// fromSchema: one eventType for each entry. No transforms: what is sent is what is received.
export const userCreated = eventType("app/user.created", {
  schema: z.object({ userId: z.string() }),
});

// fromRecord: types without a check.
export const postCreated = eventType("app/post.created", {
  schema: staticSchema<{ postId: string; title?: string }>(),
});

// fromUnion, and stacking: a list of triggers, whose event is the union of theirs.
export const onCreated = inngest.createFunction(
  { id: "on-created", triggers: [userCreated, postCreated] },
  async ({ event }) => ("userId" in event.data ? event.data.userId : event.data.postId),
);
// #end

// #sample types
// GetEvents<typeof inngest>["app/user.created"]
export type UserCreated = Parameters<typeof userCreated.create>[0];
// GetFunctionInput<typeof inngest, "app/user.created">: without the second parameter
export type Input = GetFunctionInput<typeof inngest>;
// GetStepTools<typeof inngest>: as it was
export type Steps = GetStepTools<typeof inngest>;

export async function notify(step: Steps, { userId }: UserCreated) {
  return step.run("notify", async () => `welcome ${userId}`);
}
// #end

export const greet = inngest.createFunction(
  { id: "greet", triggers: [userCreated] },
  async ({ event, step }) => notify(step, event.data),
);
