// The functions that run while the engine is killed. What has to come of each is in `model.ts`.

import { createHash } from "node:crypto";
import { type Inngest, type InngestFunction, referenceFunction } from "inngest";
import type { Scene, Witness } from "./witness.ts";

export const APP_ID = "kills";
export const BATCH_SIZE_MAX = 4;
export const DEBOUNCE_MS = 1_000;
export const NAP_MS = 1_000;
export const THROTTLE = { limit: 4, period: "1s", burst: 1 } as const;
/** Once a minute is the finest that a schedule can be: so there are many, spread over the minute by jitter. */
export const SCHEDULE_COUNT = 12;

type Options = Parameters<Inngest["createFunction"]>[0];
type Body = (scene: Scene) => Promise<unknown>;

/** An event of its own starts a function, unless its options say otherwise. */
function createDefine(inngest: Inngest, witness: Witness) {
  return (id: string, body: Body, options: Partial<Options> = {}): InngestFunction.Any =>
    inngest.createFunction(
      { triggers: [{ event: `kills/${id}` }], ...options, id },
      async (context) => {
        const scene = witness.attend(id, context);
        return scene.conclude(await body(scene));
      },
    );
}

export function createKillFunctions(inngest: Inngest, witness: Witness): InngestFunction.Any[] {
  const define = createDefine(inngest, witness);
  return [
    define("sequence", sequence),
    define("audit", audit, { triggers: [{ event: "kills/sequence" }] }),
    define("parallel", parallel),
    define("sleeper", sleeper),
    define("waiter", waiter),
    define("parent", parent),
    define("child", child, { triggers: [] }),
    define("sender", sender),
    define("started", audit),
    define("flaky", flaky),
    define("failing", failing, { retries: 1 }),
    define("mourner", mourner, { triggers: [{ event: "inngest/function.failed" }] }),
    define("large", large),
    define("debounced", audit, { debounce: { period: "1s", key: "event.data.key" } }),
    define("batched", batched, { batchEvents: { maxSize: BATCH_SIZE_MAX, timeout: "2s" } }),
    define("throttled", audit, { throttle: THROTTLE }),
    define("skipping", sleeper, { singleton: { mode: "skip", key: "event.data.key" } }),
    define("replacing", sleeper, { singleton: { mode: "cancel", key: "event.data.key" } }),
    define("cancellable", sleeper, {
      cancelOn: [{ event: "kills/stop", if: "async.data.target == event.data.n" }],
    }),
    ...Array.from({ length: SCHEDULE_COUNT }, (_, index) =>
      define(`schedule-${index}`, tick, { triggers: [createSchedule(index)] }),
    ),
  ];
}

/** The first comes with the minute, the others some seconds later, each at a second of its own. */
function createSchedule(index: number): { readonly cron: string } {
  const everyMinute = { cron: "* * * * *" };
  // The SDK sends the jitter on; only its type for this place leaves it out.
  return index === 0 ? everyMinute : { ...everyMinute, ...{ jitter: "55s" } };
}

async function sequence(scene: Scene): Promise<number> {
  let sum = 0;
  for (const name of ["one", "two", "three", "four", "five"]) {
    sum += await scene.run(name, () => scene.data.n);
  }
  return sum;
}

async function audit(scene: Scene): Promise<number> {
  return scene.run("note", () => scene.data.n);
}

async function parallel(scene: Scene): Promise<number> {
  const { n } = scene.data;
  const left = async () => {
    await scene.run("left", () => Bun.sleep(n % 10));
    return scene.run("left again", () => n);
  };
  const parts = await Promise.all([
    left(),
    scene.run("middle", () => Bun.sleep(n % 20).then(() => n)),
    scene.run("right", () => n),
  ]);
  return scene.run("join", () => parts.reduce((sum, part) => sum + part, 0));
}

async function sleeper(scene: Scene): Promise<number> {
  const before = await scene.run("before", () => scene.data.n);
  await scene.step.sleep("nap", NAP_MS);
  return scene.run("after", () => before * 2);
}

async function waiter(scene: Scene): Promise<number> {
  await scene.run("before", () => null);
  const told = await scene.step.waitForEvent("told", {
    event: "kills/told",
    if: "async.data.target == event.data.n",
    timeout: "1h",
  });
  // The client sends it with the waiter's number.
  return scene.run("after", () => (told?.data as { target: number } | undefined)?.target ?? -1);
}

async function parent(scene: Scene): Promise<number> {
  const { n, request } = scene.data;
  await scene.run("before", () => null);
  const result = await scene.step.invoke("call", {
    function: referenceFunction({ appId: APP_ID, functionId: "child" }),
    data: { n, request },
  });
  // `child` below returns it.
  const { value } = result as { value: number };
  return scene.run("after", () => value + 1);
}

async function child(scene: Scene): Promise<number> {
  const half = await scene.run("first", () => scene.data.n);
  return scene.run("second", () => half * 2);
}

/** One of its two events has an id, which starts one run however often the step is carried out. */
async function sender(scene: Scene): Promise<number> {
  const { n, request } = scene.data;
  await scene.step.sendEvent("send", [
    { name: "kills/started", data: { n, request }, id: `started-${n}` },
    { name: "kills/started", data: { n, request } },
  ]);
  return scene.run("after", () => n);
}

async function flaky(scene: Scene): Promise<number> {
  const { attempt, data } = scene;
  const value = await scene.run("fragile", () => {
    if (attempt === 0) throw new Error("fails the first time, as it was told to");
    return data.n;
  });
  return scene.run("after", () => value);
}

async function failing(scene: Scene): Promise<never> {
  return scene.run("broken", () => {
    throw new Error("fails every time, as it was told to");
  });
}

async function mourner(scene: Scene): Promise<null> {
  return scene.run("mourn", () => null);
}

/** Outputs that fill the write-ahead log; the largest make a state that the SDK has to fetch. */
async function large(scene: Scene): Promise<string> {
  const { n, sizeBytes = 0 } = scene.data;
  const texts: string[] = [];
  for (const name of ["first", "second", "third"]) {
    texts.push(await scene.run(name, () => createText(n, sizeBytes)));
  }
  return scene.run("digest", () => digest(texts.join("")));
}

async function batched(scene: Scene): Promise<readonly number[]> {
  return scene.run("collect", () => scene.numbers);
}

async function tick(scene: Scene): Promise<null> {
  return scene.run("tick", () => null);
}

function createText(n: number, sizeBytes: number): string {
  return `${n} `.repeat(sizeBytes).slice(0, sizeBytes);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What `large` returns. */
export function digestOfLarge(n: number, sizeBytes: number): string {
  return digest(createText(n, sizeBytes).repeat(3));
}
