import { expect, test } from "bun:test";
import { classifyTrouble } from "./classify-trouble.ts";

/** What the recordings do not have: other providers behind pi, other moods of codex and claude. */
test.each([
  ["Quota exceeded. Check your plan and billing details.", "rate-limited"],
  ["Credit balance is too low", "rate-limited"],
  ["rate limit exceeded: Limit 30000 tokens. Please try again in 11s.", "rate-limited"],
  ["ThrottlingException: Too many requests", "rate-limited"],
  ["exceeded retry limit, last status: 429 Too Many Requests", "rate-limited"],
  ["Your input exceeds the context window of this model.", "out-of-context"],
  ["prompt is too long: 208310 tokens > 200000 maximum", "out-of-context"],
  ["This model's maximum prompt length is 131072", "out-of-context"],
  ["Failed to authenticate. API Error: 403 OAuth token revoked", "not-logged-in"],
  ["unexpected status 401 Unauthorized: x, url: http://127.0.0.1:1/v1/responses", "not-logged-in"],
  ['403 {"type":"error","error":{"type":"permission_error"}}', "not-logged-in"],
  ["Provider finish_reason: content_filter", "refused"],
])("%p is %p", (message, kind) => {
  expect(classifyTrouble({ message })).toBe(kind as ReturnType<typeof classifyTrouble>);
});

test.each([
  "Connection error.",
  "500 the model is unwell: try another context window",
  "unexpected status 502 Bad Gateway: <html>502 Bad Gateway</html>, url: http://127.0.0.1:4290/v1",
  "stream disconnected before completion: stream closed before response.completed",
  "port 4291 refused to connect",
  "",
])("%p says nothing of the kind", (message) => {
  expect(classifyTrouble({ message })).toBeNull();
});
