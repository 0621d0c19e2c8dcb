// How one publishes: protocol notes, section 1.10, and `InngestApi.publish` of the SDK. Guarded.

import { type Context, Hono } from "hono";
import { z } from "zod";
import { EngineError } from "../../core/errors.ts";
import { parseJson } from "../../protocol/json.ts";
import {
  chunkMessage,
  dataMessage,
  MESSAGE_BYTES_MAX,
  type Published,
  streamMessage,
} from "../../protocol/realtime/message.ts";
import {
  ChannelSchema,
  isEngineTopic,
  STREAM_TOPIC,
  TopicNameSchema,
} from "../../protocol/realtime/topic.ts";
import type { RealtimeHub } from "../../runtime/realtime/hub.ts";
import type { HttpDeps } from "../deps.ts";
import { readQuery, textParameter, textsParameter } from "../request/parameters.ts";
import { readText } from "../request/request-body.ts";
import type { WithServer } from "./socket-session.ts";

const STREAM_TYPE = "text/stream";
/** Each gets a message of its own of all that was published. The SDK names one. */
const TOPICS_MAX = 10;
/** In UTF-16 units: one message must not be larger than all others may be. */
const CHUNK_CHARS_MAX = 64 * 1024;

const TargetQuery = z.object({
  channel: textParameter("The channel"),
  topic: textsParameter("The topics of the channel"),
  run_id: textParameter("The run that publishes"),
});

export function createPublishRoutes({
  realtime,
  nowMs,
}: Pick<HttpDeps, "realtime" | "nowMs">): Hono<WithServer> {
  const { hub } = realtime;
  const app = new Hono<WithServer>();

  app.post("/publish", async (c) => {
    const targets = readTargets(c, nowMs);
    if (c.req.header("content-type")?.startsWith(STREAM_TYPE)) {
      waitForSender(c);
      await publishStream(hub, targets, c.req.raw.body);
    } else {
      const dataJson = readData(await readText(c.req.raw, MESSAGE_BYTES_MAX));
      for (const target of targets) hub.publish(target.topic, () => dataMessage(target, dataJson));
    }
    return c.json({});
  });

  app.post("/publish/tee", async (c) => {
    const topic = { channel: readChannel(readQuery(TargetQuery, c.req.url)), name: STREAM_TOPIC };
    waitForSender(c);
    for await (const bytes of piecesOf(c.req.raw.body)) {
      // Bun may use its buffer again.
      hub.publish(topic, () => bytes.slice());
    }
    return c.json({});
  });

  return app;
}

/** What a model writes may come word by word, for hours: Bun would take it for a client that trickles. */
function waitForSender({ env: server, req }: Context<WithServer>): void {
  server?.timeout?.(req.raw, 0);
}

/** Every topic that the request names, of its one channel. */
function readTargets(c: Context<WithServer>, nowMs: () => number): readonly Published[] {
  const query = readQuery(TargetQuery, c.req.url);
  const channel = readChannel(query);
  const names = query.topic ?? [];
  if (names.length === 0) throw invalid('The parameter "topic" is missing');
  if (names.length > TOPICS_MAX) throw invalid(`More than ${TOPICS_MAX} topics are named`);
  const runId = query.run_id ?? null;
  return names.map((name) => {
    if (!TopicNameSchema.safeParse(name).success) throw invalid("A topic's name is too long");
    if (isEngineTopic(name)) {
      throw invalid(`"${name}" is the engine's: topics that begin with "$" are not published to`);
    }
    return { topic: { channel, name }, runId, atMs: nowMs() };
  });
}

function readChannel({ channel }: z.output<typeof TargetQuery>): string {
  const parsed = ChannelSchema.safeParse(channel ?? "");
  if (parsed.success) return parsed.data;
  throw invalid('The parameter "channel" is missing or too long');
}

/** The SDK sends text as it is and all else as JSON, so that text which is no JSON is a string. */
function readData(body: string): string {
  if (body === "") return "null";
  return parseJson(body).ok ? body : JSON.stringify(body);
}

/** A stream ends for those who listen even when its sender breaks off. */
async function publishStream(
  hub: RealtimeHub,
  targets: readonly Published[],
  body: ReadableStream<Uint8Array> | null,
): Promise<void> {
  const id = crypto.randomUUID();
  const tell = (create: (target: Published) => string) => {
    for (const target of targets) hub.publish(target.topic, () => create(target));
  };
  const decoder = new TextDecoder();
  const tellText = (text: string) => {
    for (let at = 0; at < text.length; at += CHUNK_CHARS_MAX) {
      tell((target) => chunkMessage(target, id, text.slice(at, at + CHUNK_CHARS_MAX)));
    }
  };
  tell((target) => streamMessage("datastream-start", target, id));
  try {
    for await (const bytes of piecesOf(body)) tellText(decoder.decode(bytes, { stream: true }));
    tellText(decoder.decode());
  } finally {
    tell((target) => streamMessage("datastream-end", target, id));
  }
}

/** A sender that goes away is no fault of ours, and nothing for the log. */
async function* piecesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch (cause) {
    throw new EngineError("INPUT_INVALID", "The body broke off before its end.", { cause });
  }
}

function invalid(problem: string): EngineError {
  return new EngineError("INPUT_INVALID", `${problem}.`);
}
