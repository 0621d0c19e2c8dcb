import { updateTopics } from "@system-bus/inngest-api";
import { useRef } from "preact/hooks";
import { useEngine } from "../engine/engine.ts";
import { useLive } from "../live/use-live.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Fact } from "../parts/fact.tsx";
import { LiveState } from "../parts/live-state.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { functionsPath, runsPath } from "../routing/route.ts";
import { type KnownErrors, loadRuns, type RunList } from "../runs/load-runs.ts";
import { ALL_RUNS, type FunctionKey, runQueryOf, writeRunFilter } from "../runs/run-filter.ts";
import { RunTable } from "../runs/run-table.tsx";
import { describeLimits } from "./describe-limits.ts";
import { InvokeForm } from "./invoke-form.tsx";
import { PauseControl, type PauseControlProps, PauseNote } from "./pause-control.tsx";
import { TriggerList } from "./trigger-list.tsx";
import { useFunctions } from "./use-functions.ts";

const DELAY_MS = 1_000;
const RUNS_SHOWN = 8;

export function FunctionPage({ appId, functionId }: FunctionKey) {
  const live = useFunctions();
  const fn = live.value.value?.functions.find(
    (one) => one.app.id === appId && one.id === functionId,
  );
  return (
    <>
      <PageHead
        title={fn?.name ?? functionId}
        within={{ name: "Functions", address: functionsPath }}
      />
      <LiveState live={live}>
        {() =>
          fn ? (
            <Detail fn={fn} onChanged={live.refresh} />
          ) : (
            <EmptyState title="Not registered">
              <p>
                No connected app has the function{" "}
                <code>
                  {appId}/{functionId}
                </code>
                .
              </p>
            </EmptyState>
          )
        }
      </LiveState>
      <RecentRuns appId={appId} functionId={functionId} />
    </>
  );
}

function Detail({ fn, onChanged }: PauseControlProps) {
  return (
    <>
      <PauseNote pause={fn.pause} />
      <dl class="facts">
        <Fact name="Id">
          <code>
            {fn.app.id}/{fn.id}
          </code>
        </Fact>
        <Fact name="Started by">
          <TriggerList triggers={fn.triggers} />
        </Fact>
        <Fact name="Limits">{describeLimits(fn) || "–"}</Fact>
      </dl>
      <PauseControl fn={fn} onChanged={onChanged} />
      <InvokeForm appId={fn.app.id} functionId={fn.id} />
    </>
  );
}

function RecentRuns(key: FunctionKey) {
  const engine = useEngine();
  const known = useRef<KnownErrors>(new Map());
  const filter = { ...ALL_RUNS, fn: key };
  const runs = useLive<RunList>({
    key: `${key.appId}/${key.functionId}`,
    load: (signal) =>
      loadRuns(engine, { ...runQueryOf(filter), limit: RUNS_SHOWN, signal }, known.current),
    delayMs: () => DELAY_MS,
    updates: updateTopics.ofAllRuns,
  });
  return (
    <>
      <h2>Newest runs</h2>
      <LiveState live={runs}>
        {({ page, errors }) =>
          page.items.length === 0 ? (
            <p class="quiet">It has not run yet.</p>
          ) : (
            <RunTable caption="Newest runs of this function" runs={page.items} errors={errors} />
          )
        }
      </LiveState>
      <p class="pager">
        <a href={runsPath(writeRunFilter(filter))}>All its runs →</a>
      </p>
    </>
  );
}
