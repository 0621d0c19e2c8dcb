import type { CloseReason, Frame, Receiver } from "../../runtime/realtime/hub.ts";

const COMMENT = ":\n\n";
const END_OF_EVENT = /\n\r?\n$/;

/** One answer of server-sent events: messages as `data`, and bytes as they came. */
export class EventStream implements Receiver {
  readonly body: ReadableStream<Uint8Array>;
  /** Called when the other side is gone, or was given up. */
  onEnd: () => void = () => {};
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  readonly #encoder = new TextEncoder();
  /** Bytes may stop in the middle of an event, where nothing else may come between. */
  #isBetweenEvents = true;

  constructor() {
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          // Bun sends no head before there is something of the body.
          this.keepAlive();
        },
        cancel: () => {
          this.#controller = null;
          this.onEnd();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
    );
  }

  get waitingBytes(): number {
    return -(this.#controller?.desiredSize ?? 0);
  }

  deliver(frames: readonly Frame[]): void {
    for (const frame of frames) {
      if (typeof frame !== "string") this.#pass(frame);
      else this.#enqueue(this.#encoder.encode(`data: ${frame}\n\n`));
    }
  }

  keepAlive(): void {
    if (this.#isBetweenEvents) this.#enqueue(this.#encoder.encode(COMMENT));
  }

  /** What is on its way may still arrive. */
  close(_reason: CloseReason): void {
    if (!this.#isBroken()) this.#controller?.close();
    this.#controller = null;
    this.onEnd();
  }

  #enqueue(bytes: Uint8Array): void {
    if (!this.#isBroken()) this.#controller?.enqueue(bytes);
  }

  /** The server met an error of the connection, and may not have said so yet. */
  #isBroken(): boolean {
    return this.#controller?.desiredSize === null;
  }

  #pass(bytes: Uint8Array): void {
    this.#enqueue(bytes);
    this.#isBetweenEvents = END_OF_EVENT.test(Buffer.from(bytes.subarray(-3)).toString("latin1"));
  }
}
