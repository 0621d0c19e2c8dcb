import { z } from "zod";
import type { Page } from "./pages.ts";

/** 64-bit values are strings on the wire (protobuf's JSON mapping). */
export const Int64Schema = z.union([z.string(), z.number()]).transform((value, context) => {
  const number = Number(value);
  if (value !== "" && Number.isFinite(number)) return number;
  context.addIssue({ code: "custom", message: `not a number: ${value}` });
  return z.NEVER;
});

/** What `/api/v2` answers for one thing. */
export function v2Item<T>(item: z.ZodType<T>): z.ZodType<T> {
  return z
    .object({ data: z.unknown() })
    .transform((answer) => answer.data)
    .pipe(item);
}

/** What `/api/v2` answers for a list. An empty list may come without `data`. */
export function v2Page<T extends z.ZodType>(item: T) {
  return z
    .object({
      data: z.array(item).optional(),
      page: z.object({ cursor: z.string().optional(), hasMore: z.boolean().optional() }).optional(),
    })
    .transform((answer): Page<z.output<T>> => {
      const cursor = answer.page?.hasMore === true ? answer.page.cursor : undefined;
      return { items: answer.data ?? [], cursor: cursor === "" ? undefined : cursor };
    });
}
