import type { WebSocketHandler } from "bun";
import type { RealtimeTopic } from "../../protocol/realtime/topic.ts";
import type { CloseReason, Frame, RealtimeHub, Receiver } from "../../runtime/realtime/hub.ts";

/** What a session needs of a WebSocket: Bun's, or a test's. */
export interface Socket {
  send(text: string): unknown;
  /** Sends what is sent within `work` in one go. */
  cork(work: () => unknown): unknown;
  getBufferedAmount(): number;
  ping(): unknown;
  close(code: number, reason: string): void;
}

/** What a route needs of the server that its request came through: Bun's, or a test's. */
export interface SocketServer {
  /** Answers the request with a WebSocket of the session; false for one that asks for none. */
  upgrade(request: Request, options: { readonly data: SocketSession }): boolean;
  /** Breaks the request's connection once nothing has moved on it for so long. */
  timeout(request: Request, seconds: number): void;
}

/** Nobody listens without a server; `app.request` in a test has none. */
export type WithServer = { Bindings: Partial<SocketServer> };

/** IANA's registry of close codes: going away; try again later. */
const CLOSE_CODES = {
  "engine-stops": 1001,
  "too-slow": 1013,
  "no-room": 1013,
} as const satisfies Record<CloseReason | "no-room", number>;

/** One WebSocket, from its opening to its end. */
export class SocketSession implements Receiver {
  readonly #hub: RealtimeHub;
  readonly #topics: readonly RealtimeTopic[];
  #socket: Socket | null = null;
  #unsubscribe: () => void = () => {};

  constructor(hub: RealtimeHub, topics: readonly RealtimeTopic[]) {
    this.#hub = hub;
    this.#topics = topics;
  }

  get waitingBytes(): number {
    return this.#socket?.getBufferedAmount() ?? 0;
  }

  open(socket: Socket): void {
    this.#socket = socket;
    try {
      this.#unsubscribe = this.#hub.subscribe(this, this.#topics);
    } catch {
      // There was room when the route asked; others were quicker.
      this.close("no-room");
    }
  }

  /** The other side is gone. */
  end(): void {
    this.#socket = null;
    this.#unsubscribe();
  }

  /** Bytes are for event streams: no message of the SDK's could carry them. */
  deliver(frames: readonly Frame[]): void {
    const socket = this.#socket;
    socket?.cork(() => {
      for (const frame of frames) if (typeof frame === "string") socket.send(frame);
    });
  }

  keepAlive(): void {
    this.#socket?.ping();
  }

  close(reason: keyof typeof CLOSE_CODES): void {
    this.#socket?.close(CLOSE_CODES[reason], reason);
  }
}

/** Nobody sends anything but the answers to pings. */
const INCOMING_BYTES_MAX = 1_024;
/** Four pings without an answer. */
const SILENCE_SECONDS_MAX = 60;

/** For `Bun.serve`. */
export const socketHandler: WebSocketHandler<SocketSession> = {
  open: (socket) => socket.data.open(socket),
  message: () => {},
  close: (socket) => socket.data.end(),
  maxPayloadLength: INCOMING_BYTES_MAX,
  idleTimeout: SILENCE_SECONDS_MAX,
  sendPings: false,
  perMessageDeflate: false,
};
