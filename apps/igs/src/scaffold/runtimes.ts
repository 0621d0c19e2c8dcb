/** `bun` and `node` are workers of their own; the others are apps that exist already. */
export const runtimes = ["bun", "node", "hono", "express", "next"] as const;
export type Runtime = (typeof runtimes)[number];
export type WorkerRuntime = "bun" | "node";
export type AppRuntime = Exclude<Runtime, WorkerRuntime>;

/** A framework that brings another with it comes first. */
export const appRuntimes: readonly AppRuntime[] = ["next", "express", "hono"];

export const RUNTIME_NAMES: Record<Runtime, string> = {
  bun: "Bun",
  node: "Node.js",
  hono: "Hono",
  express: "Express",
  next: "Next.js",
};

export function isWorkerRuntime(runtime: Runtime): runtime is WorkerRuntime {
  return runtime === "bun" || runtime === "node";
}
