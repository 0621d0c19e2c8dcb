import type { SpanMetadata } from "@system-bus/inngest-api";
import { ValueView } from "../values/value-view.tsx";
import { modelUseText, readModelUse } from "./model-use.ts";

/** What an app said beside a result: tokens of models in words, all of it as it was said. */
export function MetadataView({ metadata }: { readonly metadata: readonly SpanMetadata[] }) {
  return (
    <>
      {metadata.map((entry) => (
        <Entry key={`${entry.scope} ${entry.kind}`} entry={entry} />
      ))}
    </>
  );
}

function Entry({ entry }: { readonly entry: SpanMetadata }) {
  const use = readModelUse(entry);
  return (
    <>
      {use && (
        <p class="quiet">
          {use.model !== "" && `${use.model}: `}
          {modelUseText(use)}
        </p>
      )}
      <ValueView label={labelOf(entry)} value={entry.values} />
    </>
  );
}

/** `userland.rows` is what a person called "rows". */
function labelOf({ kind }: SpanMetadata): string {
  return `Metadata ${kind.replace(/^userland\./, "")}`;
}
