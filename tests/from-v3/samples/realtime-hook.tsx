// #sample hook
import { useRealtime } from "inngest/react";
import { userChannel } from "./realtime.ts";

/** `useInngestSubscription` of `@inngest/realtime`, under the SDK's own roof. */
export function useAnswer(userId: string, fetchToken: () => Promise<string>) {
  const { messages } = useRealtime({
    channel: userChannel(userId),
    topics: ["ai"],
    token: fetchToken,
  });
  return messages.byTopic.ai?.data.response;
}
// #end
