import type { SpanError } from "@system-bus/inngest-api";
import { readStack } from "./read-stack.ts";

export interface ErrorViewProps {
  readonly error: SpanError;
  /** Where the stack lies, if there is one. */
  readonly output: unknown;
}

export function ErrorView({ error, output }: ErrorViewProps) {
  const stack = readStack(output);
  return (
    <div class="error">
      <p class="error-text">
        <strong>{error.name}</strong> {error.message}
      </p>
      {stack && (
        <details>
          <summary>Stack</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
          <pre tabIndex={0}>{stack}</pre>
        </details>
      )}
    </div>
  );
}
