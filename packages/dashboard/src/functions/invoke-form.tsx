import { useSignal } from "@preact/signals";
import { useEngine } from "../engine/engine.ts";
import { useAction } from "../engine/use-action.ts";
import { FailureNote } from "../parts/failure-note.tsx";
import { navigate } from "../routing/navigation.ts";
import { runPath } from "../routing/route.ts";
import type { FunctionKey } from "../runs/run-filter.ts";
import { JsonField } from "../values/json-field.tsx";
import { readJsonObject } from "../values/json-object.ts";

/** Runs a function by itself, without an event: nothing else that listens to its events starts. */
export function InvokeForm({ appId, functionId }: FunctionKey) {
  const engine = useEngine();
  const action = useAction();
  const text = useSignal("{}");
  const read = readJsonObject(text.value);
  const invoke = () => {
    if (read.kind === "problem") return;
    const request = { appId, functionId, data: read.value };
    void action.start(async () => navigate(runPath(await engine.invoke(request))));
  };
  return (
    <details class="panel invoke">
      <summary>Invoke</summary>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          invoke();
        }}
      >
        <FailureNote failure={action.failure.value} />
        <JsonField
          label="Data (JSON)"
          text={text.value}
          problem={read.kind === "problem" ? read.message : undefined}
          onText={(typed) => {
            text.value = typed;
          }}
          onSend={invoke}
        />
        <p class="form-actions">
          <button type="submit" class="button button-main" disabled={action.isBusy.value}>
            {action.isBusy.value ? "Invoking…" : "Invoke function"}
          </button>
          <span class="quiet">Only this function runs, with this as its event's data.</span>
        </p>
      </form>
    </details>
  );
}
