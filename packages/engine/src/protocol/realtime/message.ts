// What subscribers are sent, as JSON text. The SDK's `Realtime.messageSchema` is the judge of the form.

import type { RunUpdate } from "../../core/run-update.ts";
import { EVENT_TOPIC, type RealtimeTopic, RUN_TOPIC, STEP_TOPIC } from "./topic.ts";

/** The largest message, in bytes of what was published. */
export const MESSAGE_BYTES_MAX = 512 * 1024;

export interface Published {
  readonly topic: RealtimeTopic;
  /** The run that it was published from. */
  readonly runId: string | null;
  readonly atMs: number;
}

/** `dataJson` is JSON already, and stays as it was written. */
export function dataMessage(published: Published, dataJson: string): string {
  return message("data", published, dataJson);
}

/** The pieces of what is published as a stream; `id` is the stream's. */
export function streamMessage(
  kind: "datastream-start" | "datastream-end",
  published: Published,
  id: string,
): string {
  return message(kind, published, JSON.stringify(id));
}

export function chunkMessage(published: Published, id: string, text: string): string {
  return message("chunk", published, JSON.stringify(text), { stream_id: id });
}

/**
 * What the engine tells of itself. The SDK passes on the kind "run", which its React hook reads `status`
 * and `output` of; steps and events are of kinds that it knows and drops.
 */
export function updateMessage(update: RunUpdate, channel: string): string {
  const { kind, atMs } = update;
  const topic = { channel, name: topicOf(update) };
  const runId = update.kind === "event" ? null : update.runId;
  const fields = update.kind === "event" ? {} : { fn_id: update.functionId };
  return message(kind, { topic, runId, atMs }, updateJson(update, channel), fields);
}

export function topicOf({ kind }: RunUpdate): string {
  switch (kind) {
    case "run":
      return RUN_TOPIC;
    case "step":
      return STEP_TOPIC;
    case "event":
      return EVENT_TOPIC;
  }
}

function updateJson(update: RunUpdate, channel: string): string {
  switch (update.kind) {
    case "event":
      return JSON.stringify({ eventId: update.eventId, name: update.name });
    case "step": {
      const { runId, stepId, name, op, status, attempt } = update;
      return JSON.stringify({ runId, stepId, name, op, status, attempt });
    }
    case "run":
      return runJson(update, channel);
  }
}

/** A result goes to those alone who listen to this run: all results of all runs would be a flood. */
function runJson(update: Extract<RunUpdate, { kind: "run" }>, channel: string): string {
  const { runId, functionId, eventId, status, outputJson } = update;
  const json = JSON.stringify({ runId, functionId, eventId, status });
  if (channel !== runId || outputJson === null) return json;
  if (Buffer.byteLength(outputJson) > MESSAGE_BYTES_MAX) return json;
  const field = status === "COMPLETED" ? "output" : "error";
  return `${json.slice(0, -1)},"${field}":${outputJson}}`;
}

function message(
  kind: string,
  { topic, runId, atMs }: Published,
  dataJson: string,
  fields: Readonly<Record<string, string>> = {},
): string {
  const head = JSON.stringify({
    kind,
    channel: topic.channel,
    topic: topic.name,
    ...(runId === null ? {} : { run_id: runId }),
    ...fields,
    created_at: new Date(atMs).toISOString(),
  });
  return `${head.slice(0, -1)},"data":${dataJson}}`;
}
