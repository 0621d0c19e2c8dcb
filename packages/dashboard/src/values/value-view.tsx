import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { formatSize } from "../format/size-text.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { tokenizeJson } from "./json-tokens.ts";
import { cutText, FOLDED, printValue, UNFOLDED } from "./value-text.ts";

const COLOURED_CHARS_MAX = 20_000;

export interface ValueViewProps {
  /** "Output", "Input": names the box. */
  readonly label: string;
  readonly value: unknown;
}

/** A value of someone else's making: always text, never markup, and never more than a bound of it. */
export function ValueView({ label, value }: ValueViewProps) {
  const isUnfolded = useSignal(false);
  const text = useMemo(() => printValue(value), [value]);
  const cut = cutText(text, isUnfolded.value ? UNFOLDED : FOLDED);
  const isFoldable = cut.hiddenChars > 0 || isUnfolded.value;
  return (
    // biome-ignore lint/a11y/useSemanticElements: no landmark, for a page has many of one name; no fields
    <section class="value" role="group" aria-label={label}>
      <header>
        <h3>{label}</h3>
        {isFoldable && <span class="quiet">{formatSize(text.length)}</span>}
        <CopyButton text={text} what={label.toLowerCase()} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre tabIndex={0}>
        <Coloured text={cut.shown} isCut={cut.hiddenChars > 0} />
      </pre>
      {isFoldable && (
        <button
          type="button"
          class="button-quiet fold"
          aria-expanded={isUnfolded.value}
          onClick={() => {
            isUnfolded.value = !isUnfolded.value;
          }}
        >
          {isUnfolded.value ? "Show less" : `Show all, ${formatSize(cut.hiddenChars)} more`}
        </button>
      )}
      {isUnfolded.value && cut.hiddenChars > 0 && (
        <p class="quiet">{formatSize(cut.hiddenChars)} more are not shown. Copy has all of it.</p>
      )}
    </section>
  );
}

function Coloured({ text, isCut }: { readonly text: string; readonly isCut: boolean }) {
  const rest = isCut ? "\n…" : "";
  if (text.length > COLOURED_CHARS_MAX || !/^[{["\d-]|^(?:true|false|null)$/.test(text))
    return `${text}${rest}`;
  return (
    <>
      {tokenizeJson(text).map((token, index) =>
        token.kind === "plain" ? (
          token.text
        ) : (
          <span key={index} class={`token-${token.kind}`}>
            {token.text}
          </span>
        ),
      )}
      {rest}
    </>
  );
}
