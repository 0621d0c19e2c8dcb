/**
 * How the call of an attempt went. Only what was measured: null stands for what nobody has, such as the
 * times of an answer that had not come yet when a checkpoint brought the step.
 */
export interface CallFacts {
  /** As the SDK was told it, in `x-request-id`. */
  readonly requestId: number | null;
  /** From when the call was due until it began: limits, throttles, an app that was down, a busy engine. */
  readonly queueMs: number | null;
  /** HTTP status of the answer. */
  readonly responseStatus: number | null;
  /** From sending the request to the answer's headers. */
  readonly serverMs: number | null;
  /** From the answer's headers to its end. */
  readonly transferMs: number | null;
}

/** What was measured of an answer. */
export type AnswerFacts = Omit<CallFacts, "requestId" | "queueMs">;

/** Nothing was called: a timer ran out, an event came, a person cancelled. */
export const NO_CALL: CallFacts = {
  requestId: null,
  queueMs: null,
  responseStatus: null,
  serverMs: null,
  transferMs: null,
};

/** Of a call whose answer has not come: a checkpoint brings what is stored. */
export function unansweredCall(requestId: number, queueMs: number): CallFacts {
  return { ...NO_CALL, requestId, queueMs };
}

/** In whole milliseconds; a clock that was set back in between makes no negative wait. */
export function queueMs(dueAtMs: number, startedAtMs: number): number {
  return Math.max(0, startedAtMs - dueAtMs);
}

/** The columns of a row that holds them, and nothing else of it. */
export function callFacts(row: CallFacts): CallFacts {
  const { requestId, queueMs, responseStatus, serverMs, transferMs } = row;
  return { requestId, queueMs, responseStatus, serverMs, transferMs };
}
