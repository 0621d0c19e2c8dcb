// What the third version had and the fourth has not, as the compiler sees it. Each line has to be an error: one
// that isn't fails the type check. gone.test.ts looks at what they come to when they run.

import * as sdk from "inngest";
import { eventType, type GetFunctionInput, Inngest } from "inngest";
import { z } from "zod";

const inngest = new Inngest({ id: "gone", isDev: true });

// @ts-expect-error Events have schemas of their own: `eventType`.
export const eventSchemas = sdk.EventSchemas;

// @ts-expect-error Middleware is a class: `Middleware.BaseMiddleware`.
export const inngestMiddleware = sdk.InngestMiddleware;

// @ts-expect-error There is no list of all events any more.
export type Gone = sdk.GetEvents;

// Schemas belong to events now. On the client they are taken without a word, and mean nothing.
export const withSchemas = new Inngest({ id: "gone", schemas: {}, checkpoints: 1 });

// @ts-expect-error A trigger is an option, not an argument.
export const threeArguments = () => inngest.createFunction({ id: "f" }, { event: "a" }, () => 1);

// @ts-expect-error Events have no user any more.
export const withUser = () => inngest.send({ name: "a", data: {}, user: { id: 1 } });

// @ts-expect-error The input of a function is that of its triggers.
export type InputOf = GetFunctionInput<typeof inngest, "app/user.created">;

// @ts-expect-error No transforms: what is sent is what is received.
export const coerced = eventType("a", { schema: z.object({ n: z.string().transform(Number) }) });

export const waiting = inngest.createFunction(
  { id: "waiting", triggers: [{ event: "a" }] },
  async ({ step, ...rest }) => {
    // @ts-expect-error It is there, and its types of 4.24 leave it out.
    rest.logger.info("hello");
    // @ts-expect-error onConflict has to be said.
    await step.waitForSignal("s", { signal: "s", timeout: "1d" });
    // @ts-expect-error publish is no argument any more.
    await rest.publish({ channel: "c", topic: "t", data: {} });
  },
);
