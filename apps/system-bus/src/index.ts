export { createWorker, type ListeningWorker, type Worker } from "./worker.ts";
export type { WorkerDeps } from "./worker-parts.ts";
