import type { AppFunction, KnownRunStatus } from "@system-bus/inngest-api";
import { StatusIcon, statusClass, statusWord } from "../parts/status-badge.tsx";
import { replaceAddress } from "../routing/navigation.ts";
import { runsPath } from "../routing/route.ts";
import {
  isFiltered,
  type RunFilter,
  readFunctionKey,
  toggleStatus,
  writeFunctionKey,
  writeRunFilter,
} from "./run-filter.ts";

/** SKIPPED is left out: few engines have it, and six chips fit on a phone. */
const STATUSES: readonly KnownRunStatus[] = [
  "QUEUED",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
];

export interface RunFilterBarProps {
  readonly filter: RunFilter;
  readonly functions: readonly AppFunction[];
}

export function RunFilterBar({ filter, functions }: RunFilterBarProps) {
  const show = (changed: RunFilter) => replaceAddress(runsPath(writeRunFilter(changed)));
  return (
    <form class="filters" aria-label="Filter the runs" onSubmit={(event) => event.preventDefault()}>
      <fieldset class="chips">
        <legend class="unseen">Status</legend>
        {STATUSES.map((status) => (
          <label key={status} class={`chip ${statusClass(status)}`}>
            <input
              type="checkbox"
              checked={filter.statuses.includes(status)}
              onChange={() => show(toggleStatus(filter, status))}
            />
            <StatusIcon status={status} />
            {statusWord(status)}
          </label>
        ))}
      </fieldset>
      <label class="choice">
        <span class="unseen">Function</span>
        <select
          value={filter.fn ? writeFunctionKey(filter.fn) : ""}
          onChange={(event) =>
            show({ ...filter, fn: readFunctionKey(event.currentTarget.value), after: undefined })
          }
        >
          <option value="">All functions</option>
          {optionsOf(filter, functions).map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {isFiltered(filter) && (
        <a class="clear" href={runsPath()}>
          Clear
        </a>
      )}
    </form>
  );
}

/** A function that is gone can still have runs, and its filter must not seem to be none. */
function optionsOf(
  { fn }: RunFilter,
  functions: readonly AppFunction[],
): readonly (readonly [key: string, name: string])[] {
  const options = functions.map(
    ({ app, id, name }) => [writeFunctionKey({ appId: app.id, functionId: id }), name] as const,
  );
  if (fn === undefined || options.some(([key]) => key === writeFunctionKey(fn))) return options;
  return [...options, [writeFunctionKey(fn), fn.functionId]];
}
