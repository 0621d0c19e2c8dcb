// A server on loopback that takes what targets send, as a hook or ntfy does.

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** What the next requests are answered; afterwards 200. */
  answerNext(...answers: readonly (() => Response | Promise<Response>)[]): void;
}

export function openReceiver(): Receiver {
  const received: Received[] = [];
  const answers: (() => Response | Promise<Response>)[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = Object.fromEntries(request.headers);
      received.push({ path: `${pathname}${search}`, headers, body: await request.text() });
      return (await answers.shift()?.()) ?? new Response("ok");
    },
  });
  return {
    url: server.url.origin,
    received,
    answerNext: (...more) => answers.push(...more),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
