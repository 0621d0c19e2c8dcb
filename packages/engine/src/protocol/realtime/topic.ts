// What can be listened to: a topic of a channel. Protocol notes, section 1.10.
//
// Invariants:
//   K1. Topics that begin with `$` are the engine's: nobody publishes to one, so that no app's topic can
//       be taken for one of them, whatever its channel is called.

import { z } from "zod";
import { describeIssues } from "../describe-issues.ts";

export interface RealtimeTopic {
  readonly channel: string;
  readonly name: string;
}

/** The channel of what happens to any run; that of one run is the run's id. */
export const ENGINE_CHANNEL = "$engine";
/** The engine's topics: a run's states, its steps, and, in the engine's channel alone, events. */
export const RUN_TOPIC = "$run";
export const STEP_TOPIC = "$step";
export const EVENT_TOPIC = "$event";
/** Of a run's channel: the bytes that its app pipes through (`publish/tee`). */
export const STREAM_TOPIC = "$stream";

const CHANNEL_CHARS_MAX = 256;
const NAME_CHARS_MAX = 128;
/** Of one subscription; a connection has one. */
export const TOPICS_MAX = 100;

export const ChannelSchema = z.string().min(1).max(CHANNEL_CHARS_MAX);
export const TopicNameSchema = z.string().min(1).max(NAME_CHARS_MAX);

/** `kind` says "run" in all that the SDK asks for, and nothing that the engine has to know. */
const TopicListSchema = z
  .array(z.object({ channel: ChannelSchema, name: TopicNameSchema }))
  .min(1)
  .max(TOPICS_MAX);

export type TopicListReading =
  | { readonly ok: true; readonly topics: readonly RealtimeTopic[] }
  | { readonly ok: false; readonly problem: string };

/** The topics that a token is asked for. */
export function readTopicList(body: unknown): TopicListReading {
  const parsed = TopicListSchema.safeParse(body);
  if (parsed.success) return { ok: true, topics: parsed.data };
  return { ok: false, problem: describeIssues(parsed.error) };
}

/** K1. */
export function isEngineTopic(name: string): boolean {
  return name.startsWith("$");
}
