// Answers as `inngest start` (1.45 line) did when it was recorded, with the same authentication.
// The record of the trace was cut after three spans; its root span is closed by hand.

import recorded from "./recorded-answers.json";

export const SIGNING_KEY = "0123456789abcdef";
export const EVENT_KEY = "event-key/with a slash";

export interface RecordedServer {
  readonly url: string;
  /** `METHOD path` of every request, with what its body held. */
  readonly requests: { readonly asked: string; readonly body: unknown }[];
  stop(): Promise<void>;
}

interface RecordedAnswer {
  readonly status: number;
  readonly body: unknown;
}

const answers = new Map<string, RecordedAnswer>(Object.entries(recorded));

export function startRecordedServer(): RecordedServer {
  const requests: { asked: string; body: unknown }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const url = new URL(request.url);
      const asked = `${request.method} ${url.pathname}${url.search}`;
      const body = request.method === "POST" ? await request.json() : undefined;
      requests.push({ asked, body });
      if (url.pathname.startsWith("/e/")) return sendAnswer(url.pathname);
      if (request.headers.get("authorization") !== `Bearer ${SIGNING_KEY}`) {
        return Response.json(
          { errors: [{ code: "unauthenticated", message: "Authentication failed" }] },
          { status: 401 },
        );
      }
      const answer = answers.get(asked) ?? answers.get(withoutQuery(asked));
      if (!answer) return new Response("404 page not found\n", { status: 404 });
      return Response.json(answer.body, { status: answer.status });
    },
  });
  return { url: server.url.origin, requests, stop: () => server.stop(true) };
}

function sendAnswer(pathname: string): Response {
  const key = decodeURIComponent(pathname.slice("/e/".length));
  if (key !== EVENT_KEY) {
    return Response.json({ ids: [], status: 401, error: "Event key not found" }, { status: 401 });
  }
  return Response.json({ ids: ["01M7XX8G26Z39M6Y05EC7VAHVT"], status: 200 });
}

/** The lists were recorded without our page size. */
function withoutQuery(asked: string): string {
  return asked.replace(/\?.*$/, "");
}
