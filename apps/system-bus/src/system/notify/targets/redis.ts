import type { RedisSettings } from "@system-bus/settings";
import { RedisClient } from "bun";
import { WorkerError } from "../../../worker-error.ts";
import type { Target } from "./target.ts";

const CONNECT_MAX_MS = 5_000;
const ANSWER_MAX_MS = 10_000;

/** Publishes the message as JSON on a channel, for an agent's gateway that listens there. */
export function createRedis({ url, channel }: RedisSettings): Target {
  return {
    name: "redis",
    async send(notice) {
      const place = `Redis at ${new URL(url).host}`;
      const client = new RedisClient(url, {
        connectionTimeout: CONNECT_MAX_MS,
        autoReconnect: false,
        maxRetries: 0,
      });
      const tooLate = Promise.withResolvers<never>();
      const timer = setTimeout(() => tooLate.reject(new Error("no answer")), ANSWER_MAX_MS);
      try {
        const work = client.connect().then(() => client.publish(channel, JSON.stringify(notice)));
        const count = await Promise.race([work, tooLate.promise]);
        return `${place} has taken it: ${count === 1 ? "1 listens" : `${count} listen`} on ${channel}`;
      } catch (error) {
        throw failureOf(place, error instanceof Error ? error.message : String(error));
      } finally {
        clearTimeout(timer);
        client.close();
      }
    },
  };
}

/** Bun's client says of a refused connection and of a wrong password alike that it was closed. */
function failureOf(place: string, words: string): WorkerError {
  if (/NOPERM|NOAUTH/.test(words)) {
    return new WorkerError(
      "NOTIFY_REFUSED",
      `${place} refuses it: ${words}; check NOTIFY_REDIS_URL`,
    );
  }
  return new WorkerError(
    "NOTIFY_FAILED",
    `${place} has not taken it: ${words}; is it running there, and are user and password right (NOTIFY_REDIS_URL)?`,
  );
}
