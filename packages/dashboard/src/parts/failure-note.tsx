import type { Failure } from "../engine/failure.ts";

/** An engine that doesn't answer has the banner on top of the page; every other failure is said here. */
export function FailureNote({ failure }: { readonly failure: Failure | undefined }) {
  if (failure === undefined || failure.code === "unreachable") return null;
  return (
    <p class="note note-bad" role="alert">
      {failure.message}
    </p>
  );
}
