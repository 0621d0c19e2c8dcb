import { type App, type AppFunction, readTime } from "@system-bus/inngest-api";
import { LiveState } from "../parts/live-state.tsx";
import { Moment } from "../parts/moment.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { functionPath, runsPath } from "../routing/route.ts";
import { ALL_RUNS, writeRunFilter } from "../runs/run-filter.ts";
import { ConnectApp } from "../shell/first-steps.tsx";
import { describeLimits } from "./describe-limits.ts";
import { PauseNote } from "./pause-control.tsx";
import { TriggerList } from "./trigger-list.tsx";
import { type Registered, useFunctions } from "./use-functions.ts";

export function FunctionsPage() {
  const live = useFunctions();
  return (
    <>
      <PageHead title="Functions" />
      <LiveState live={live}>{(registered) => <Listed {...registered} />}</LiveState>
    </>
  );
}

function Listed({ apps, functions }: Registered) {
  if (apps.length === 0) return <ConnectApp />;
  return apps.map((app) => (
    <AppSection
      key={app.id}
      app={app}
      functions={functions.filter((fn) => fn.app.id === app.id).toSorted(byName)}
    />
  ));
}

function byName(a: AppFunction, b: AppFunction): number {
  return a.name.localeCompare(b.name);
}

interface AppSectionProps {
  readonly app: App;
  readonly functions: readonly AppFunction[];
}

function AppSection({ app, functions }: AppSectionProps) {
  const { url, sdkLanguage, sdkVersion, framework, error } = app.latestSync ?? {};
  const sdk = [sdkLanguage, sdkVersion, framework].filter(Boolean).join(" · ");
  return (
    <section aria-label={`App ${app.name}`}>
      <div class="app-head">
        <h2>{app.name}</h2>
        {url && <code>{url}</code>}
        {sdk && <span class="quiet">{sdk}</span>}
        {app.createdAt && (
          <span class="quiet">
            connected <Moment atMs={readTime(app.createdAt)} />
          </span>
        )}
      </div>
      {error && (
        <p class="note note-bad" role="status">
          The last sync failed: {error}
        </p>
      )}
      {functions.length === 0 ? (
        <p class="quiet">This app has no functions.</p>
      ) : (
        <FunctionTable appName={app.name} functions={functions} />
      )}
    </section>
  );
}

interface FunctionTableProps {
  readonly appName: string;
  readonly functions: readonly AppFunction[];
}

function FunctionTable({ appName, functions }: FunctionTableProps) {
  return (
    <div class="panel">
      <table class="rows functions">
        <caption class="unseen">Functions of {appName}</caption>
        <thead>
          <tr>
            <th scope="col">Function</th>
            <th scope="col">Started by</th>
            <th scope="col" class="column-actions">
              <span class="unseen">Look at</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {functions.map((fn) => (
            <FunctionRow key={fn.id} fn={fn} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FunctionRow({ fn }: { readonly fn: AppFunction }) {
  const key = { appId: fn.app.id, functionId: fn.id };
  return (
    <tr>
      <td class="column-main">
        <a class="row-name" href={functionPath(key.appId, key.functionId)}>
          {fn.name}
        </a>
        <span class="row-id">{describeLimits(fn)}</span>
        <PauseNote pause={fn.pause} />
        {fn.problem && <p class="note note-bad">Never started here: {fn.problem}</p>}
      </td>
      <td>
        <TriggerList triggers={fn.triggers} />
      </td>
      <td class="column-actions">
        <a href={runsPath(writeRunFilter({ ...ALL_RUNS, fn: key }))}>
          Runs<span class="unseen"> of {fn.name}</span>
        </a>
      </td>
    </tr>
  );
}
