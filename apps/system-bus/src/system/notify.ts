import { type BusClient, busEvents } from "@system-bus/events";
import { type InngestFunction, NonRetriableError } from "inngest";
import type { Gathered } from "./notify/decide-delivery.ts";
import {
  type DeliveryDeps,
  gatherDelivery,
  noticeFor,
  type Outcome,
  type Plan,
  planDelivery,
  sendTo,
  tryTarget,
} from "./notify/deliver.ts";
import { FAILED_EVENT, messageFor, toldEventNames } from "./notify/message.ts";
import type { Notice, TargetName } from "./notify/targets/target.ts";
import { withHeld } from "./notify/with-held.ts";
import { reportFailure } from "./report-failure.ts";

/** Messages that are sent at once, one target each. */
const SENDING_MAX = 5;

/**
 * Tells a person what they want to be told, in each way that the settings name. Each target is a step of its
 * own: one that is dead is tried again without the others, and fails the run in the end.
 */
export function notify(client: BusClient, deps: DeliveryDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: "notify",
      triggers: [{ event: FAILED_EVENT }, ...toldEventNames.map((name) => busEvents[name])],
      concurrency: { limit: SENDING_MAX },
      retries: 4,
      onFailure: reportFailure("notify", ({ title }) =>
        typeof title === "string" ? title : undefined,
      ),
    },
    async ({ event, step, runId }) => {
      const message = messageFor(event);
      if (message === null) return NOBODY;
      const cause = { eventId: event.id ?? runId, eventName: event.name };
      // What the steps have returned, by way of JSON.
      const plan = (await step.run("decide", () => planDelivery(deps, message, cause))) as Plan;
      const { verdict, targets } = plan;
      if (targets.length === 0 || verdict.kind === "counted") return NOBODY;
      let held: Gathered = {
        count: verdict.kind === "tell" ? verdict.earlierCount : 0,
        titles: [],
      };
      if (verdict.kind === "wait") {
        await step.sleepUntil("window", new Date(verdict.untilMs));
        const waited = { ...cause, waitedFor: verdict.topic };
        const gathered = await step.run("gather", () => gatherDelivery(deps, message, waited));
        if (gathered === null) return NOBODY;
        held = gathered;
      }
      const notice = noticeFor(withHeld(message, verdict, held), {
        ...cause,
        ...plan,
        host: deps.host,
      });
      const told = await Promise.all(
        targets.map(async (target): Promise<Outcome> => {
          if (message.isTest)
            return step.run(`test:${target}`, () => tryTarget(deps, target, notice));
          return settle(
            target,
            step.run(`send:${target}`, () => sendTo(deps, target, notice)),
          );
        }),
      );
      if (!message.isTest) assertAllReached(notice, told);
      return { told };
    },
  );
}

const NOBODY: { readonly told: readonly Outcome[] } = { told: [] };

async function settle(target: TargetName, sending: Promise<string>): Promise<Outcome> {
  try {
    return { target, isReached: true, words: await sending };
  } catch (error) {
    return {
      target,
      isReached: false,
      words: error instanceof Error ? error.message : String(error),
    };
  }
}

/** The others have it, and are not told again: only the run has failed. */
function assertAllReached({ title }: Notice, told: readonly Outcome[]): void {
  const dead = told.filter(({ isReached }) => !isReached);
  if (dead.length === 0) return;
  const words = dead.map((outcome) => outcome.words).join("; ");
  throw new NonRetriableError(`“${title}” was not told everywhere: ${words}`);
}
