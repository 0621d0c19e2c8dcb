import { useId } from "preact/hooks";

export interface JsonFieldProps {
  readonly label: string;
  readonly text: string;
  readonly problem: string | undefined;
  readonly onText: (text: string) => void;
  readonly onSend: () => void;
}

const ROWS_MIN = 6;
const ROWS_MAX = 24;

/** A plain text area: it takes every keyboard, every screen reader, and a paste of any size. */
export function JsonField({ label, text, problem, onText, onSend }: JsonFieldProps) {
  const id = useId();
  const problemId = `${id}-problem`;
  const rows = Math.min(ROWS_MAX, Math.max(ROWS_MIN, text.split("\n").length + 1));
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class="code"
        rows={rows}
        value={text}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        aria-invalid={problem !== undefined}
        aria-describedby={problemId}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSend();
        }}
      />
      <p id={problemId} class="problem" aria-live="polite">
        {problem}
      </p>
    </div>
  );
}
