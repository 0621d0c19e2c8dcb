// H1 to H5 are the invariants of hub.ts.

import { beforeEach, describe, expect, test } from "bun:test";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import type { LogLine } from "../log.ts";
import { type CloseReason, type Frame, RealtimeHub, type Receiver } from "./hub.ts";

const CHAT = { channel: "chat", name: "messages" };
const TYPING = { channel: "chat", name: "typing" };
const MEBIBYTE = 1024 * 1024;

class FakeReceiver implements Receiver {
  waitingBytes = 0;
  readonly frames: Frame[] = [];
  keepAliveCount = 0;
  closedFor: CloseReason | null = null;

  deliver(frames: readonly Frame[]): void {
    this.frames.push(...frames);
  }

  keepAlive(): void {
    this.keepAliveCount += 1;
  }

  close(reason: CloseReason): void {
    this.closedFor = reason;
  }
}

let clock: VirtualClock;
let hub: RealtimeHub;
let logged: LogLine[];
let endTurn: () => void;

beforeEach(() => {
  clock = new VirtualClock();
  logged = [];
  const due: (() => void)[] = [];
  hub = new RealtimeHub({
    clock,
    log: (line) => logged.push(line),
    schedule: (deliver) => due.push(deliver),
  });
  endTurn = () => {
    for (const deliver of due.splice(0)) deliver();
  };
});

function listen(...topics: (typeof CHAT)[]): FakeReceiver & { leave: () => void } {
  const receiver = new FakeReceiver();
  return Object.assign(receiver, { leave: hub.subscribe(receiver, topics) });
}

describe("the hub", () => {
  test("delivers to those who listen to the topic, to nobody else, in order (H3)", () => {
    const both = listen(CHAT, TYPING);
    const one = listen(CHAT);
    const other = listen({ channel: "room", name: "messages" });
    hub.publish(CHAT, () => "1");
    hub.publish(TYPING, () => "2");
    hub.publish(CHAT, () => "3");
    endTurn();
    expect(both.frames).toEqual(["1", "2", "3"]);
    expect(one.frames).toEqual(["1", "3"]);
    expect(other.frames).toEqual([]);
  });

  test("delivers after the turn in which it was published (H1)", () => {
    const listener = listen(CHAT);
    hub.publish(CHAT, () => "1");
    expect(listener.frames).toEqual([]);
    endTurn();
    expect(listener.frames).toEqual(["1"]);
  });

  test("makes no message where nobody listens, and one for all who do (H4)", () => {
    let madeCount = 0;
    const publish = (topic: typeof CHAT) =>
      hub.publish(topic, () => {
        madeCount += 1;
        return "made";
      });
    publish(CHAT);
    const first = listen(CHAT);
    const second = listen(CHAT);
    publish(TYPING);
    expect(madeCount).toBe(0);
    publish(CHAT);
    expect(madeCount).toBe(1);
    first.leave();
    second.leave();
    publish(CHAT);
    expect(madeCount).toBe(1);
  });

  test("keeps nothing for those who come later", () => {
    hub.publish(CHAT, () => "before");
    const listener = listen(CHAT);
    endTurn();
    expect(listener.frames).toEqual([]);
  });

  test("delivers nothing to one who has left, and knows its channel no more", () => {
    const listener = listen(CHAT);
    expect(hub.hasListeners("chat")).toBe(true);
    hub.publish(CHAT, () => "1");
    listener.leave();
    listener.leave();
    endTurn();
    expect(listener.frames).toEqual([]);
    expect(hub.hasListeners("chat")).toBe(false);
  });

  test("drops who has too much waiting, and goes on with the others (H2)", () => {
    const slow = listen(CHAT);
    const quick = listen(CHAT);
    slow.waitingBytes = 4 * MEBIBYTE + 1;
    hub.publish(CHAT, () => "1");
    endTurn();
    expect(slow.closedFor).toBe("too-slow");
    expect(slow.frames).toEqual([]);
    expect(quick.frames).toEqual(["1"]);
    hub.publish(CHAT, () => "2");
    endTurn();
    expect([slow.frames, quick.frames]).toEqual([[], ["1", "2"]]);
    expect(hub.connectionCount).toBe(1);
    expect(logged).toMatchObject([{ level: "warn", channels: ["chat"] }]);
  });

  test("gives each a smaller share when there are many (H2)", () => {
    const slow = listen(CHAT);
    slow.waitingBytes = MEBIBYTE;
    hub.publish(CHAT, () => "1");
    endTurn();
    expect(slow.closedFor).toBeNull();
    for (let count = 0; count < 100; count += 1) listen(TYPING);
    hub.publish(CHAT, () => "2");
    endTurn();
    expect(slow.closedFor).toBe("too-slow");
  });

  test("drops who would be sent more in one turn than memory may hold (H2)", () => {
    const listener = listen(CHAT);
    for (let count = 0; count < 17; count += 1) hub.publish(CHAT, () => "x".repeat(MEBIBYTE));
    endTurn();
    expect(listener.closedFor).toBe("too-slow");
    expect(listener.frames).toEqual([]);
  });

  test("keeps connections alive every 15 s while there are some, and sets no timer without any", () => {
    expect(clock.nextWakeMs()).toBeNull();
    const listener = listen(CHAT);
    clock.advanceMs(14_999);
    expect(listener.keepAliveCount).toBe(0);
    clock.advanceMs(15_001);
    expect(listener.keepAliveCount).toBe(2);
    listener.leave();
    expect(clock.nextWakeMs()).toBeNull();
    listen(CHAT).leave();
    expect(clock.nextWakeMs()).toBeNull();
  });

  test("lets in 500 and no more, until one leaves", () => {
    const listeners = Array.from({ length: 500 }, () => listen(CHAT));
    expect(() => listen(CHAT)).toThrow(expect.objectContaining({ code: "REALTIME_FULL" }));
    listeners[0]?.leave();
    listen(CHAT);
  });

  test("tells everyone when it closes, and lets nobody in after that (H5)", () => {
    const listener = listen(CHAT);
    hub.publish(CHAT, () => "late");
    hub.close();
    endTurn();
    hub.close();
    expect(listener.closedFor).toBe("engine-stops");
    expect(listener.frames).toEqual([]);
    expect(clock.nextWakeMs()).toBeNull();
    expect(() => listen(CHAT)).toThrow(expect.objectContaining({ code: "STOPPING" }));
  });
});
