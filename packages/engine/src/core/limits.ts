// Inngest's limits that the engine holds to. Protocol notes, section 1.6.

export const STEPS_PER_RUN_MAX = 1_000;
/** Of what a step or a function returns, and of what a step is given, as JSON. */
export const STEP_OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
/** Of an event's, a function's or a step's name. */
export const NAME_CHARS_MAX = 512;
/** Of an HTTP request that the engine makes for a step. */
export const REQUEST_BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Of all that the steps of a run returned: each later call carries it, or has it fetched. */
export const STATE_BYTES_MAX = 32 * 1024 * 1024;
/** Of the events of one batch, which starts its run when it has reached this. */
export const BATCH_BYTES_MAX = 10 * 1024 * 1024;
export const WAIT_MS_MAX = 366 * 24 * 60 * 60 * 1_000;
