import {
  hasEnded,
  type ReceivedEvent,
  readRunSteps,
  readTime,
  updateTopics,
} from "@system-bus/inngest-api";
import { useEngine } from "../engine/engine.ts";
import { useAction } from "../engine/use-action.ts";
import { nowMs } from "../live/now.ts";
import { type Live, useLive } from "../live/use-live.ts";
import { FailureNote } from "../parts/failure-note.tsx";
import { LiveState } from "../parts/live-state.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { navigate } from "../routing/navigation.ts";
import { eventPath, runPath, runsPath } from "../routing/route.ts";
import { ErrorView } from "../trace/error-view.tsx";
import { MetadataView } from "../trace/metadata-view.tsx";
import { spanOf } from "../trace/span-layout.ts";
import { Timeline } from "../trace/timeline.tsx";
import { ValueView } from "../values/value-view.tsx";
import { loadRun, type RunDetail } from "./load-run.ts";
import { readRunError } from "./load-runs.ts";
import { RunActions } from "./run-actions.tsx";
import { RunFacts } from "./run-facts.tsx";

const DELAY_MS = 1_000;
const ENDED_DELAY_MS = 15_000;
/** Loading takes a fifth of the time at most, however large the outputs are. */
const REST_PER_LOAD = 4;

export function RunPage({ runId }: { readonly runId: string }) {
  const engine = useEngine();
  const action = useAction();
  const live: Live<RunDetail> = useLive<RunDetail>({
    key: runId,
    load: (signal) => {
      const known = live.value.peek();
      const knownEvent = known?.run.id === runId ? known.event : null;
      return loadRun(engine, { runId, signal, knownEvent, nowMs: () => performance.now() });
    },
    delayMs: ({ run }) => (hasEnded(run.status) ? ENDED_DELAY_MS : DELAY_MS),
    restMs: ({ loadMs }) => loadMs * REST_PER_LOAD,
    updates: updateTopics.ofRun(runId),
  });
  const rerun = () => action.start(async () => navigate(runPath(await engine.rerun(runId))));
  const run = live.value.value?.run;
  return (
    <>
      <PageHead
        title={run?.function.name ?? "Run"}
        mark={run && <StatusBadge status={run.status} />}
        within={{ name: "Runs", address: runsPath() }}
      >
        {run && (
          <RunActions
            run={run}
            action={action}
            onCancelled={live.refresh}
            onRerun={() => void rerun()}
          />
        )}
      </PageHead>
      <FailureNote failure={action.failure.value} />
      <LiveState
        live={live}
        missing={`The engine knows no run ${runId}. It may have been retired.`}
      >
        {(detail) => <Detail {...detail} />}
      </LiveState>
    </>
  );
}

function Detail({ run, trace, event }: RunDetail) {
  const steps = trace ? readRunSteps(trace) : [];
  const isEnded = hasEnded(run.status);
  const times = { queuedAtMs: readTime(run.queuedAt), endedAtMs: readTime(run.endedAt) };
  const output = run.output ?? trace?.output;
  return (
    <>
      <RunFacts run={run} steps={steps} />
      {run.status === "FAILED" && (
        <ErrorView error={readRunError({ status: "FAILED", output })} output={output} />
      )}
      <h2>Steps</h2>
      {steps.length === 0 ? (
        <p class="quiet">{isEnded ? "This run had no steps." : "No step has begun yet."}</p>
      ) : (
        <Timeline
          key={run.id}
          steps={steps}
          span={spanOf(times, steps, isEnded ? nowMs.peek() : nowMs.value)}
        />
      )}
      {trace && <MetadataView metadata={trace.metadata} />}
      {run.status === "COMPLETED" && output !== undefined && (
        <ValueView label="Output" value={output} />
      )}
      {event && <Trigger event={event} />}
    </>
  );
}

function Trigger({ event }: { readonly event: ReceivedEvent }) {
  return (
    <>
      <h2>
        Started by <a href={eventPath(event.internalId)}>{event.name}</a>
      </h2>
      <ValueView label="Input" value={event.data} />
    </>
  );
}
