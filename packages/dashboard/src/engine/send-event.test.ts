import { describe, expect, test } from "bun:test";
import { createSendEvent } from "./send-event.ts";

const ORIGIN = "http://localhost:8288";

function sendTo(answer: Response | Error) {
  const asked: { url: string; body: unknown }[] = [];
  const send = createSendEvent(ORIGIN, async (url, init) => {
    asked.push({ url, body: JSON.parse(String(init.body)) });
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { asked, sent: send({ name: "demo/told", data: { k: "z" } }) };
}

test("an event is sent with what the session allows, and no event key", async () => {
  const eventId = "01M7XX8TV1KVG5ZZMJ8CRP7M2N";
  const { asked, sent } = sendTo(Response.json({ data: { eventId }, metadata: {} }));
  expect(await sent).toBe(eventId);
  expect(asked).toEqual([
    { url: `${ORIGIN}/api/v2/events`, body: { name: "demo/told", data: { k: "z" } } },
  ]);
});

describe("an event that is not taken", () => {
  const refusal = { errors: [{ code: "api_error", message: "the name is too long" }] };

  test.each([
    ["invalid", "400: the name is too long", Response.json(refusal, { status: 400 })],
    ["unauthorized", "401", Response.json(refusal, { status: 401 })],
    ["server", "502", new Response("<html>", { status: 502 })],
    ["server", "an answer that is not known", Response.json({ data: {} })],
    ["unreachable", "does not answer", new TypeError("Failed to fetch")],
  ])("fails as %s: %s", async (code, reason, answer) => {
    const message = expect.stringContaining(reason);
    await expect(sendTo(answer).sent).rejects.toMatchObject({ code, message });
  });
});
