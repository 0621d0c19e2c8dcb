import { EventPage } from "../events/event-page.tsx";
import { EventsPage } from "../events/events-page.tsx";
import { SendPage } from "../events/send-page.tsx";
import { FunctionPage } from "../functions/function-page.tsx";
import { FunctionsPage } from "../functions/functions-page.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { currentRoute } from "../routing/navigation.ts";
import { type Route, runsPath } from "../routing/route.ts";
import { RunPage } from "../runs/run-page.tsx";
import { RunsPage } from "../runs/runs-page.tsx";
import { Banner } from "./banner.tsx";
import { Header } from "./header.tsx";

export function App() {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <Banner />
      <main id="main">
        <Page route={currentRoute.value} />
      </main>
    </>
  );
}

/** A key per thing shown: another run is another page, with nothing left of the one before. */
function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case "runs":
      return <RunsPage search={route.search} />;
    case "run":
      return <RunPage key={route.runId} runId={route.runId} />;
    case "functions":
      return <FunctionsPage />;
    case "function":
      return (
        <FunctionPage
          key={`${route.appId}/${route.functionId}`}
          appId={route.appId}
          functionId={route.functionId}
        />
      );
    case "events":
      return <EventsPage search={route.search} />;
    case "event":
      return <EventPage key={route.eventId} eventId={route.eventId} />;
    case "send":
      return <SendPage key={route.search} search={route.search} />;
    case "nowhere":
      return <Nowhere path={route.path} />;
  }
}

function Nowhere({ path }: { readonly path: string }) {
  return (
    <>
      <PageHead title="Nothing here" />
      <EmptyState title="This address leads nowhere">
        <p>
          There is no page at <code>{path}</code>. <a href={runsPath()}>Go to the runs</a>
        </p>
      </EmptyState>
    </>
  );
}
