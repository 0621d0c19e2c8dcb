import { updateTopics } from "@system-bus/inngest-api";
import { useRef } from "preact/hooks";
import { useEngine } from "../engine/engine.ts";
import { type Registered, useFunctions } from "../functions/use-functions.ts";
import { useLive } from "../live/use-live.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { LiveState } from "../parts/live-state.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Pager } from "../parts/pager.tsx";
import { runsPath } from "../routing/route.ts";
import { FirstSteps } from "../shell/first-steps.tsx";
import { type KnownErrors, loadRuns, type RunList } from "./load-runs.ts";
import {
  isFiltered,
  type RunFilter,
  readRunFilter,
  runQueryOf,
  writeRunFilter,
} from "./run-filter.ts";
import { RunFilterBar } from "./run-filter-bar.tsx";
import { RunTable } from "./run-table.tsx";

const DELAY_MS = 1_000;

export function RunsPage({ search }: { readonly search: string }) {
  const engine = useEngine();
  const filter = readRunFilter(search);
  const known = useRef<KnownErrors>(new Map());
  const registered = useFunctions();
  const runs = useLive<RunList>({
    key: search,
    load: (signal) => loadRuns(engine, { ...runQueryOf(filter), signal }, known.current),
    delayMs: () => DELAY_MS,
    updates: updateTopics.ofAllRuns,
  });
  return (
    <>
      <PageHead title="Runs" />
      <RunFilterBar filter={filter} functions={registered.value.value?.functions ?? []} />
      <LiveState live={runs}>
        {(list) => <Listed list={list} filter={filter} registered={registered.value.value} />}
      </LiveState>
    </>
  );
}

interface ListedProps {
  readonly list: RunList;
  readonly filter: RunFilter;
  readonly registered: Registered | undefined;
}

function Listed({ list, filter, registered }: ListedProps) {
  const { items, cursor } = list.page;
  const addressAfter = (after: string | undefined) =>
    runsPath(writeRunFilter({ ...filter, after }));
  return (
    <>
      {items.length === 0 ? (
        <NoRuns filter={filter} registered={registered} />
      ) : (
        <RunTable caption="Runs, newest first" runs={items} errors={list.errors} />
      )}
      <Pager
        what="runs"
        newest={filter.after === undefined ? undefined : addressAfter(undefined)}
        older={cursor === undefined ? undefined : addressAfter(cursor)}
      />
    </>
  );
}

function NoRuns({ filter, registered }: Omit<ListedProps, "list">) {
  if (filter.after !== undefined) return <EmptyState title="No older runs">{null}</EmptyState>;
  if (!isFiltered(filter)) return <FirstSteps registered={registered} />;
  return (
    <EmptyState title="No run matches">
      <p>
        No run has this status and function. <a href={runsPath()}>Show all runs</a>
      </p>
    </EmptyState>
  );
}
