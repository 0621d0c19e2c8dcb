import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const THANKS_MS = 1_500;

/** Copies a text that is shown cut or in small type. `what` completes "Copy …". */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const said = useSignal<"" | "Copied" | "Can't copy">("");
  useEffect(() => {
    if (said.value === "") return;
    const timer = setTimeout(() => {
      said.value = "";
    }, THANKS_MS);
    return () => clearTimeout(timer);
  }, [said.value]);
  const copy = async () => {
    // Without https or localhost a browser has no clipboard.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    said.value = isCopied ? "Copied" : "Can't copy";
  };
  return (
    <button type="button" class="button-quiet copy" onClick={copy} aria-label={`Copy ${what}`}>
      <span aria-live="polite">{said.value || "Copy"}</span>
    </button>
  );
}
