// #sample channel
import { channel, getSubscriptionToken } from "inngest/realtime";
import { z } from "zod";
import { inngest } from "./client.ts";

export const userChannel = channel({
  name: (userId: string) => `user:${userId}`,
  topics: { ai: { schema: z.object({ response: z.string() }) } },
});
// #end

// #sample publish
export const answering = inngest.createFunction(
  { id: "answering", triggers: [{ event: "realtime/ask" }] },
  async ({ event, step }) => {
    const { ai } = userChannel(event.data.userId);
    // As a step: once, however often the function is called.
    await step.realtime.publish("answer", ai, { response: "Hello" });
    // From anywhere, at once: inngest.realtime.publish(ai, { response: "Hello" })
  },
);
// #end

// #sample subscribe
/** On the server, for a browser that may read this user's answers and nothing else. */
export function tokenFor(userId: string) {
  return getSubscriptionToken(inngest, { channel: userChannel(userId), topics: ["ai"] });
}

/** In whatever reads them. A token that came over the network goes in as `key`. */
export async function listen(userId: string, onAnswer: (response: string) => void) {
  return inngest.realtime.subscribe({
    channel: userChannel(userId),
    topics: ["ai"],
    onMessage: ({ kind, data }) => {
      if (kind === "data") onAnswer(data.response);
    },
  });
}
// #end
