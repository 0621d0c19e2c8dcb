import { describe, expect, test } from "bun:test";
import { readJson, readObject, readText } from "./request-body.ts";

const BYTES_MAX = 16;

const request = (body: string | ReadableStream | null, headers: Record<string, string> = {}) =>
  new Request("http://localhost/", { method: "POST", body, headers });

/** As many chunks as anybody wants to read. */
function endless(onPull: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      onPull();
      controller.enqueue(new Uint8Array(8));
    },
  });
}

describe("a body", () => {
  test("is read up to its limit, with or without its length given", async () => {
    const text = "x".repeat(BYTES_MAX);
    expect(await readText(request(text), BYTES_MAX)).toBe(text);
    expect(await readText(request(text, { "content-length": "16" }), BYTES_MAX)).toBe(text);
    expect(await readText(request(null), BYTES_MAX)).toBe("");
  });

  test("that says it is too large is refused unread", async () => {
    const body = request("x", { "content-length": "17" });
    expect(readText(body, BYTES_MAX)).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(body.bodyUsed).toBe(false);
  });

  test("without an end is refused as soon as it is too large", async () => {
    let pulls = 0;
    const body = request(endless(() => (pulls += 1)));
    await expect(readText(body, BYTES_MAX)).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(pulls).toBeLessThan(10);
  });

  test("that does not come in time is refused, with or without its length given", async () => {
    const never = () => new ReadableStream({ pull: () => new Promise(() => {}) });
    for (const headers of [{}, { "content-length": "5" }]) {
      await expect(readText(request(never(), headers), BYTES_MAX, 10)).rejects.toMatchObject({
        code: "BODY_LATE",
      });
    }
  });

  test("that trickles for longer than its time is refused", async () => {
    const drip = new ReadableStream({
      async pull(controller) {
        await Bun.sleep(2);
        controller.enqueue(new Uint8Array(1));
      },
    });
    await expect(readText(request(drip), 1_000_000, 30)).rejects.toMatchObject({
      code: "BODY_LATE",
    });
  });

  test("that breaks off is told from one that is wrong", async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error("gone")),
    });
    await expect(readText(request(broken), BYTES_MAX)).rejects.toMatchObject({
      code: "BODY_BROKEN",
    });
  });

  test("is counted in bytes and read as UTF-8, wherever its chunks are cut", async () => {
    const bytes = new TextEncoder().encode("äöü€");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await readText(request(body), BYTES_MAX)).toBe("äöü€");
    await expect(readText(request("€".repeat(6)), BYTES_MAX)).rejects.toThrow("16 bytes");
  });

  test("that is no JSON is refused with the reason", async () => {
    await expect(readJson(request("{"), BYTES_MAX)).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
    await expect(readJson(request(""), BYTES_MAX)).rejects.toThrow("no JSON");
  });

  test("may be left out where an object is wanted, and be nothing else", async () => {
    expect(await readObject(request(null), BYTES_MAX)).toEqual({});
    expect(await readObject(request('{"a":1}'), BYTES_MAX)).toEqual({ a: 1 });
    for (const body of ["[]", "1", "null", '"x"']) {
      await expect(readObject(request(body), BYTES_MAX)).rejects.toThrow("no JSON object");
    }
  });
});
