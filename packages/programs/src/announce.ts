import type { EndedRecord, RequestRecord } from "./folder/records.ts";

export interface SendTo {
  readonly baseUrl: string;
  readonly eventKey: string | null;
}

export interface Announcement {
  readonly key: string;
  readonly request: Pick<RequestRecord, "runId" | "stepId" | "attempt">;
  readonly ended: EndedRecord;
}

const ANSWER_MAX_MS = 10_000;

/**
 * Sends `program/finished` under a fresh id: the engine would drop a second event of the same id, and
 * a wait only sees events that come after it was stored. True when the engine has accepted it.
 */
export async function announce(
  to: SendTo,
  announcement: Announcement,
  closing?: AbortSignal,
): Promise<boolean> {
  // The SDK, too, sends this key where none is set; an engine in development takes any.
  const eventKey = to.eventKey ?? "NO_EVENT_KEY_SET";
  try {
    const response = await fetch(new URL(`/e/${encodeURIComponent(eventKey)}`, to.baseUrl), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(finishedEvent(announcement)),
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MAX_MS), ...(closing ? [closing] : [])]),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // An engine that is down is no fault of ours: the caller tries again.
    return false;
  }
}

function finishedEvent({ key, request, ended }: Announcement) {
  const { runId, stepId, attempt } = request;
  const { endedBy, exitCode } = ended;
  return {
    id: crypto.randomUUID(),
    name: "program/finished",
    data: { key, runId, stepId, attempt, endedBy, exitCode },
  };
}
