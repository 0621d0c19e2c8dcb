import { z } from "zod";

/** More would be no key but a payload. */
const IDEMPOTENCY_KEY_CHARS_MAX = 512;

const JsonObject = z.record(z.string(), z.unknown());

/** What a function is invoked with. */
export const InvocationSchema = z.object({
  data: JsonObject.default({}).meta({ description: "The data of the event that the run gets" }),
  user: JsonObject.exactOptional(),
  idempotencyKey: z
    .string()
    .min(1)
    .max(IDEMPOTENCY_KEY_CHARS_MAX)
    .exactOptional()
    .meta({ description: "The same key gives the same run for 24 hours" }),
});
