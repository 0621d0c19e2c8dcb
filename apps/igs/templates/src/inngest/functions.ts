import { processTask } from "./process-task.ts";

/** All that this app serves. */
export const functions = [processTask];
