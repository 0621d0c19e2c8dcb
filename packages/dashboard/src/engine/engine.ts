import {
  createInngestApi,
  createUpdateFeed,
  type InngestApi,
  type UpdateFeed,
} from "@system-bus/inngest-api";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { createSendEvent, type SendEvent } from "./send-event.ts";

/** What the page asks the engine that served it. */
export interface Engine extends InngestApi {
  readonly sendEvent: SendEvent;
  readonly updates: UpdateFeed;
}

/** No key is held here: where the engine wants one, the browser sends the session's cookie. */
export function createEngine(origin: string): Engine {
  const browserFetch = (url: string, init: RequestInit) => fetch(url, init);
  return {
    ...createInngestApi({ baseUrl: origin, fetch: browserFetch }),
    sendEvent: createSendEvent(origin, browserFetch),
    updates: createUpdateFeed({ baseUrl: origin, fetch: browserFetch }),
  };
}

export const EngineContext = createContext<Engine | undefined>(undefined);

export function useEngine(): Engine {
  const engine = useContext(EngineContext);
  if (!engine) throw new Error("the page is drawn within an EngineContext");
  return engine;
}
