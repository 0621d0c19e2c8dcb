import { type Run, type RunStep, readTime } from "@system-bus/inngest-api";
import { formatDuration } from "../format/duration-text.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Fact } from "../parts/fact.tsx";
import { Moment } from "../parts/moment.tsx";
import { functionPath } from "../routing/route.ts";
import { modelUseText, sumModelUse } from "../trace/model-use.ts";
import { RunDuration } from "./run-table.tsx";

export interface RunFactsProps {
  readonly run: Run;
  readonly steps: readonly RunStep[];
}

export function RunFacts({ run, steps }: RunFactsProps) {
  const use = sumModelUse(steps);
  return (
    <dl class="facts">
      <Fact name="Function">
        <a href={functionPath(run.app.id, run.function.id)}>
          {run.app.id}/{run.function.id}
        </a>
      </Fact>
      <Fact name="Queued">
        <Moment atMs={readTime(run.queuedAt)} />
      </Fact>
      <Fact name="Waited">{waitedText(run)}</Fact>
      <Fact name="Took">
        <RunDuration run={run} />
      </Fact>
      {use && <Fact name="Models">{modelUseText(use)}</Fact>}
      <Fact name="Ended">
        <Moment atMs={readTime(run.endedAt)} />
      </Fact>
      <Fact name="Run id">
        <code>{run.id}</code> <CopyButton text={run.id} what="run id" />
      </Fact>
    </dl>
  );
}

/** In the queue, before its first call. */
function waitedText(run: Run): string {
  const queuedAtMs = readTime(run.queuedAt);
  const startedAtMs = readTime(run.startedAt);
  if (queuedAtMs === undefined || startedAtMs === undefined) return "–";
  return formatDuration(startedAtMs - queuedAtMs);
}
