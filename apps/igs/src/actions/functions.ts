import type { AppFunction } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { Io } from "../output/io.ts";
import { renderTable } from "../output/table.ts";

export const functions = createAction<ConnectionFlags>(
  "functions",
  async ({ io, context }, flags) => {
    const { api } = connect(context, flags);
    const found = await api.listFunctions();
    return {
      result: { functions: found },
      text:
        found.length === 0
          ? "No function is registered. Start the worker with `igs dev` or `igs start`."
          : renderFunctions(found, io),
      nextActions: [{ command: "igs schema", description: "The events that start them" }],
    };
  },
);

export function renderFunctions(
  found: readonly AppFunction[],
  io: Pick<Io, "paint" | "columnsMax">,
): string {
  const rows = found
    .map((fn) => [
      fn.app.id,
      fn.id,
      describeConcurrency(fn),
      String(fn.configuration?.retries?.value ?? ""),
      fn.triggers.map(({ value }) => value).join(", "),
    ])
    .toSorted((a, b) => a.join(" ").localeCompare(b.join(" ")));
  const header = ["APP", "FUNCTION", "AT ONCE", "RETRIES", "STARTED BY"];
  const style = { columnsMax: io.columnsMax, styleHeader: io.paint.faint };
  return [renderTable(header, rows, style), ...found.flatMap(describeState)].join("\n");
}

function describeState({ id, problem, pause }: AppFunction): readonly string[] {
  const runs = pause?.holdsRuns ? "; its unfinished runs wait" : "";
  return [
    ...(problem === undefined ? [] : [`${id} is never started here: ${problem}`]),
    ...(pause === undefined
      ? []
      : [`${id} is paused since ${pause.pausedAt}${runs}: \`igs functions resume ${id}\``]),
  ];
}

/** Such as `1`, `5 per event.data.k`; nothing where only the server's own limit holds. */
function describeConcurrency(fn: AppFunction): string {
  const limits = fn.configuration?.concurrency ?? [];
  return limits
    .filter(({ limit }) => limit !== undefined && !limit.isPlanLimit)
    .map(({ key, limit }) => `${limit?.value}${key ? ` per ${key}` : ""}`)
    .join(", ");
}
