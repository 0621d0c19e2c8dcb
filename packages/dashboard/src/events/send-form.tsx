import { useSignal } from "@preact/signals";
import type { AppFunction, EventToSend } from "@system-bus/inngest-api";
import { JsonField } from "../values/json-field.tsx";
import { type EventDraft, type ReadDraft, tidyJson } from "./event-draft.ts";
import { Listeners } from "./listeners.tsx";
import { NameField } from "./name-field.tsx";

export interface SendFormProps {
  readonly draft: EventDraft;
  readonly read: ReadDraft;
  /** Undefined until they are known. */
  readonly functions: readonly AppFunction[] | undefined;
  readonly names: readonly string[];
  readonly isBusy: boolean;
  readonly onDraft: (draft: EventDraft) => void;
  readonly onFillFromLast: (name: string) => void;
  readonly onSend: (event: EventToSend) => void;
}

export function SendForm(props: SendFormProps) {
  const { draft, read, functions, names, isBusy, onDraft, onFillFromLast, onSend } = props;
  // A missing name is no mistake before one has tried to send.
  const hasTried = useSignal(false);
  const problems = read.kind === "problems" ? read : undefined;
  const send = () => {
    hasTried.value = true;
    if (read.kind === "ok") onSend(read.event);
  };
  return (
    <form
      class="panel form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <NameField
        name={draft.name}
        names={names}
        problem={hasTried.value || draft.name !== "" ? problems?.name : undefined}
        onName={(name) => onDraft({ ...draft, name })}
      />
      {draft.name !== "" && functions && (
        <Listeners functions={functions} name={draft.name.trim()} />
      )}
      <JsonField
        label="Data (JSON)"
        text={draft.dataText}
        problem={problems?.dataText}
        onText={(dataText) => onDraft({ ...draft, dataText })}
        onSend={send}
      />
      <p class="form-tools">
        <button
          type="button"
          class="button-quiet"
          onClick={() => onDraft({ ...draft, dataText: tidyJson(draft.dataText) })}
        >
          Tidy up
        </button>
        <button
          type="button"
          class="button-quiet"
          disabled={draft.name === "" || isBusy}
          onClick={() => onFillFromLast(draft.name.trim())}
        >
          Fill from the last one sent
        </button>
      </p>
      <IdField id={draft.id} onId={(id) => onDraft({ ...draft, id })} />
      <p class="form-actions">
        <button type="submit" class="button button-main" disabled={isBusy}>
          {isBusy ? "Sending…" : "Send event"}
        </button>
        <span class="quiet keys">or Ctrl/⌘ + Enter</span>
      </p>
    </form>
  );
}

function IdField({ id, onId }: { readonly id: string; readonly onId: (id: string) => void }) {
  return (
    <details class="field">
      <summary>Event id (optional)</summary>
      <label>
        <span class="quiet">Sent twice within a day, an id starts each function once.</span>
        <input
          type="text"
          class="code"
          value={id}
          autocomplete="off"
          aria-label="Event id"
          onInput={(event) => onId(event.currentTarget.value)}
        />
      </label>
    </details>
  );
}
