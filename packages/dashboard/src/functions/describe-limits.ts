import type { AppFunction } from "@system-bus/inngest-api";

/** `4 retries · 1 at a time per event.data.project`; a plan's limit is none of the function's. */
export function describeLimits({ configuration }: Pick<AppFunction, "configuration">): string {
  const retries = configuration?.retries?.value;
  const concurrency = (configuration?.concurrency ?? []).flatMap(({ key, limit }) => {
    if (!limit || (limit.isPlanLimit && key === undefined) || limit.value <= 0) return [];
    return [`${limit.value} at a time${key ? ` per ${key}` : ""}`];
  });
  const retryText = retries === 1 ? "1 retry" : `${retries === 0 ? "no" : retries} retries`;
  return [...(retries === undefined ? [] : [retryText]), ...concurrency].join(" · ");
}
