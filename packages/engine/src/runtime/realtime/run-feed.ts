import type { RunUpdate } from "../../core/run-update.ts";
import { topicOf, updateMessage } from "../../protocol/realtime/message.ts";
import { ENGINE_CHANNEL } from "../../protocol/realtime/topic.ts";
import type { RealtimeHub } from "./hub.ts";

/** What the engine tells of itself: to those who listen to one run, and to those who listen to all. */
export class RunFeed {
  readonly #hub: RealtimeHub;

  constructor(hub: RealtimeHub) {
    this.#hub = hub;
  }

  /** Asked before an update is made, so that none is while nobody listens. Null: no run's, an event's. */
  isWatched(runId: string | null): boolean {
    return (
      this.#hub.hasListeners(ENGINE_CHANNEL) || (runId !== null && this.#hub.hasListeners(runId))
    );
  }

  /** Called once what it tells of is on the disk. */
  tell(update: RunUpdate): void {
    const name = topicOf(update);
    const channels = update.kind === "event" ? [ENGINE_CHANNEL] : [update.runId, ENGINE_CHANNEL];
    for (const channel of channels) {
      this.#hub.publish({ channel, name }, () => updateMessage(update, channel));
    }
  }
}
