import "./zod-without-eval.ts";

import { render } from "preact";
import { createEngine, EngineContext } from "../engine/engine.ts";
import { startClock } from "../live/now.ts";
import { startNavigation } from "../routing/navigation.ts";
import { App } from "../shell/app.tsx";

const root = document.querySelector("#app");
// Within another page's frame a person could be led to cancel or send unknowingly.
const isFramed = window.top !== window.self;

if (root && isFramed) root.textContent = "Open this page in a window of its own.";
else if (root) {
  startClock();
  startNavigation();
  render(
    <EngineContext.Provider value={createEngine(location.origin)}>
      <App />
    </EngineContext.Provider>,
    root,
  );
}
