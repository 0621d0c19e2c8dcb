// The wires between engine and app, in both directions, and what goes wrong on them.

import type { FakeApp, Work } from "../app/fake-app.ts";
import { readCall, type WireAnswer, type WireCall } from "../app/wire.ts";
import type { EngineHost } from "../world/engine-host.ts";
import type { Random } from "../world/random.ts";
import type { World } from "../world/world.ts";
import type { TroublePlan } from "./trouble.ts";

/** One call as the engine made it, until the engine has its answer or is dead. */
export interface CallInFlight extends WireCall {
  readonly url: string;
}

/** Who looks on. */
export interface WireWatch {
  /** A call leaves the engine. */
  onCall(call: CallInFlight): void;
  /** The engine has its answer, or the call broke. */
  onCallEnded(call: CallInFlight): void;
  /** The call did not get through, or came to nothing, by no fault of its function. */
  onCallLost(call: CallInFlight): void;
  /** A request reaches the engine; what is returned is told its status when it is answered. */
  onRequest(path: string, body: string): (status: number) => void;
}

export interface WireOptions {
  readonly world: World;
  readonly random: Random;
  readonly trouble: TroublePlan;
  readonly app: FakeApp;
  readonly host: EngineHost;
  /** Filled here: the calls that the engine waits for. */
  readonly inFlight: Set<CallInFlight>;
  /** Where the app listens; null while it is down. */
  readonly appUrl: () => string | null;
  /** The app's answer to an in-band sync. */
  readonly describeApp: () => object;
  readonly watch: WireWatch;
}

type Request = {
  readonly method: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
};
type Answer = { readonly status: number; readonly body: string };

const REFUSED = "Unable to connect. Is the computer able to access the url?";
const BROKEN = "The socket connection was closed unexpectedly.";
/** Well below the two hours that a call may take. */
const LATE_MS_MAX = 30 * 60_000;

export class Wire {
  readonly #options: WireOptions;
  readonly #works = new Map<Work, Receiver>();

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** What the engine does with its `fetch`. */
  readonly fetch = (url: string, init: RequestInit): Promise<Response> => {
    const { world, appUrl, describeApp } = this.#options;
    if (init.method !== "POST") {
      return this.#afterWay(() => {
        if (appUrl() !== url) throw new Error(REFUSED);
        const headers = { "x-inngest-sdk": "js:v4.24.0", "x-inngest-sync-kind": "in_band" };
        return new Response(JSON.stringify(describeApp()), { headers });
      });
    }
    const call: CallInFlight = { ...readCall(url, String(init.body)), url };
    const { inFlight, watch } = this.#options;
    inFlight.add(call);
    const { context, stepId } = call;
    world.note(
      `call ${context.generation_id} of ${context.run_id} ${call.functionSlug} ${stepId.slice(0, 8)} attempt ${context.attempt}`,
    );
    watch.onCall(call);
    return this.#carry(call, init).finally(() => {
      if (inFlight.delete(call)) watch.onCallEnded(call);
    });
  };

  /** What the app and everyone else outside does to reach the engine. */
  readonly request = async (path: string, init: Request): Promise<Answer> => {
    const { world, trouble } = this.#options;
    await world.sleep(this.#way());
    if (trouble.strikes("request lost")) {
      this.#count("request lost");
      throw new Error(BROKEN);
    }
    if (init.method !== "GET" && trouble.strikes("request doubled")) {
      this.#count("request doubled");
      // Whoever doubled it keeps the second answer to himself.
      world.after(this.#way(), () => void this.#options.host.request(path, init).catch(() => {}));
    }
    const onAnswered = this.#options.watch.onRequest(path, init.body ?? "");
    const answer = await this.#options.host.request(path, init);
    onAnswered(answer.status);
    await world.sleep(this.#way());
    if (trouble.strikes("acknowledgement lost")) {
      this.#count("acknowledgement lost");
      throw new Error(BROKEN);
    }
    return answer;
  };

  /** All that the app was doing ends in the middle. */
  crashApp(): void {
    for (const [work, receiver] of this.#works) {
      work.isDead = true;
      receiver.fail(BROKEN);
    }
    this.#works.clear();
  }

  #carry(call: CallInFlight, init: RequestInit): Promise<Response> {
    const { world } = this.#options;
    return new Promise<Response>((resolve, reject) => {
      const { signal } = init;
      let isOver = false;
      const fail = (message: string, reason: unknown = new Error(message)): void => {
        if (isOver) return;
        isOver = true;
        world.note(`call ${call.context.generation_id} breaks: ${message.slice(0, 30)}`);
        this.#options.watch.onCallLost(call);
        reject(reason);
      };
      signal?.addEventListener("abort", () => fail("aborted", signal.reason));
      const answer = ({ status, headers, body }: WireAnswer): void => {
        if (isOver) return;
        isOver = true;
        world.note(`answer ${call.context.generation_id}: ${status} ${body.slice(0, 160)}`);
        resolve(new Response(body, { status, headers }));
      };
      world.after(this.#way(), () => this.#deliver(call, { answer, fail }));
    });
  }

  #deliver(call: CallInFlight, to: Receiver): void {
    const { trouble, appUrl } = this.#options;
    const url = appUrl();
    if (url === null || !call.url.startsWith(`${url}?`)) return to.fail(REFUSED);
    const mayCost = call.context.attempt + 1 < call.context.max_attempts;
    if (this.#strikes("call refused")) return to.fail(REFUSED);
    if (this.#strikes("call lost before it ran")) return to.fail(BROKEN);
    // It costs an attempt, and the last one would fail the run: the plan would not say what to expect.
    if (mayCost && trouble.strikes("call answered with garbage")) return this.#garble(call, to);
    if (mayCost && trouble.strikes("call never answered"))
      return this.#count("call never answered");
    this.#runApp(call, to);
  }

  #runApp(call: CallInFlight, to: Receiver): void {
    const { world, random } = this.#options;
    const work = this.#startWork(call, to);
    if (this.#strikes("call doubled")) this.#startWork(call, to);
    if (this.#strikes("call broken off in the middle")) {
      world.after(random.spread(1, 2_000), () => to.fail(BROKEN));
    }
    if (this.#strikes("app crashed in a call")) {
      world.after(random.spread(1, 500), () => {
        work.isDead = true;
        to.fail(BROKEN);
      });
    }
  }

  #startWork(call: CallInFlight, to: Receiver): Work {
    const { app, world } = this.#options;
    const work: Work = { isDead: false };
    this.#works.set(work, to);
    void app
      .call(call, work)
      .then((answer) => this.#return(answer, to))
      .catch((error: unknown) => {
        if (error instanceof Error && error.message === BROKEN) return to.fail(BROKEN);
        if (error instanceof Error && error.message.includes("refused")) return to.fail(BROKEN);
        world.fail(`the app fails: ${error instanceof Error ? error.stack : error}`);
      })
      .finally(() => this.#works.delete(work));
    return work;
  }

  #return(answer: WireAnswer, to: Receiver): void {
    const { world, random } = this.#options;
    if (this.#strikes("call lost after it ran")) {
      return void world.after(this.#way(), () => to.fail(BROKEN));
    }
    const isLate = this.#strikes("call answered late");
    const delayMs = isLate ? random.spread(1_000, LATE_MS_MAX) : this.#way();
    world.after(delayMs, () => to.answer(answer));
  }

  #garble(call: CallInFlight, to: Receiver): void {
    const { random } = this.#options;
    this.#count("call answered with garbage");
    this.#options.watch.onCallLost(call);
    const headers = { "x-inngest-sdk": "js:v4.24.0" };
    to.answer(
      random.pick<WireAnswer>([
        { status: 200, headers: {}, body: "<html>It works!</html>" },
        { status: 502, headers: {}, body: "Bad Gateway" },
        { status: 206, headers, body: "[{" },
        { status: 206, headers, body: '[{"op":"StepRun"}]' },
        { status: 206, headers, body: "[]" },
        { status: 302, headers, body: "" },
        { status: 500, headers, body: "no json" },
      ]),
    );
  }

  #strikes(fault: Parameters<TroublePlan["strikes"]>[0]): boolean {
    if (!this.#options.trouble.strikes(fault)) return false;
    this.#count(fault);
    return true;
  }

  #count(fault: string): void {
    this.#options.world.count(fault);
    this.#options.world.note(`trouble: ${fault}`);
  }

  #afterWay<T>(make: () => T): Promise<T> {
    return this.#options.world.sleep(this.#way()).then(make);
  }

  #way(): number {
    const { random } = this.#options;
    return random.chance(0.9) ? random.between(0, 3) : random.between(0, 200);
  }
}

interface Receiver {
  readonly answer: (answer: WireAnswer) => void;
  readonly fail: (message: string) => void;
}
