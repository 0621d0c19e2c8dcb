import type { Registered } from "../functions/use-functions.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { functionsPath, sendPath } from "../routing/route.ts";

/** What a newcomer reads instead of an empty list of runs: the one thing to do next. */
export function FirstSteps({ registered }: { readonly registered: Registered | undefined }) {
  if (registered === undefined) return null;
  return registered.functions.length === 0 ? <ConnectApp /> : <SendFirstEvent />;
}

/** A worker registers itself; this is for the one who wonders why nothing is there. */
export function ConnectApp() {
  return (
    <EmptyState title="No app is connected yet">
      <p>
        Start a worker. It tells the engine its functions, and they appear here. With a checkout of
        System Bus:
      </p>
      <pre class="command">bun run dev</pre>
      <p>For a worker that runs already, ask it to register:</p>
      <pre class="command">curl -X PUT http://127.0.0.1:3111/api/inngest</pre>
    </EmptyState>
  );
}

function SendFirstEvent() {
  return (
    <EmptyState title="No runs yet">
      <p>
        A run starts when an event arrives that a function listens to. Send one, and watch its steps
        here as they happen.
      </p>
      <p class="empty-actions">
        <a class="button button-main" href={sendPath()}>
          Send an event
        </a>
        <a class="button" href={functionsPath}>
          See the functions
        </a>
      </p>
    </EmptyState>
  );
}
