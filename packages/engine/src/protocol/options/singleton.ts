import { z } from "zod";
import type { Singleton } from "../../core/flow-control.ts";
import { checkExpression, readOption } from "./read-option.ts";

const SingletonSchema = z.object({
  mode: z.enum(["skip", "cancel"]),
  key: z.string().nullish(),
});

export function readSingleton(value: unknown, problems: string[]): Singleton | null {
  const raw = readOption({ name: "singleton", schema: SingletonSchema, value }, problems);
  if (raw === null) return null;
  const { mode, key } = raw;
  if (!key) return { mode };
  checkExpression(key, "The key of its singleton", problems);
  return { mode, key };
}
