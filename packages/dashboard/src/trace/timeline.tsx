import { useSignal } from "@preact/signals";
import type { RunStep } from "@system-bus/inngest-api";
import { layoutTicks, type TimeSpan } from "./span-layout.ts";
import { StepRow } from "./step-row.tsx";

export interface TimelineProps {
  readonly steps: readonly RunStep[];
  readonly span: TimeSpan;
}

export function Timeline({ steps, span }: TimelineProps) {
  const openKeys = useSignal<ReadonlySet<string>>(firstFailure(steps));
  const toggle = (key: string) => {
    openKeys.value = openKeys.value.symmetricDifference(new Set([key]));
  };
  return (
    <div class="panel timeline">
      <div class="axis" aria-hidden="true">
        <div class="axis-line">
          {layoutTicks(span).map(({ leftPct, label }) => (
            <span key={label} class="tick" style={{ left: `${leftPct}%` }}>
              {label}
            </span>
          ))}
        </div>
      </div>
      <ol class="steps">
        {steps.map((step) => (
          <StepRow
            key={step.key}
            step={step}
            span={span}
            isOpen={openKeys.value.has(step.key)}
            onToggle={() => toggle(step.key)}
          />
        ))}
      </ol>
    </div>
  );
}

/** Whoever opens a failed run looks for the step that failed it. */
function firstFailure(steps: readonly RunStep[]): ReadonlySet<string> {
  const failed = steps.find((step) => step.status === "FAILED");
  return new Set(failed ? [failed.key] : []);
}
