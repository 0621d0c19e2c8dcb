import { expect, test } from "bun:test";
import { Bridge } from "./bridge.ts";

interface Told {
  readonly sleptMs: number[];
  readonly said: string[];
}

/** Time moves when the bridge sleeps; after `sleepsMax` sleeps it is stopped. */
function bridgeOf(hosts: { readonly bridgeHost?: string; readonly host?: string }, sleepsMax = 3) {
  const told: Told = { sleptMs: [], said: [] };
  const bridge: Bridge = new Bridge(
    { bridgeHost: hosts.bridgeHost, host: hosts.host ?? "127.0.0.1" },
    {
      clock: {
        nowMs: () => 0,
        sleepMs: async (durationMs) => {
          if (told.sleptMs.push(durationMs) >= sleepsMax) await bridge.stop(0);
        },
      },
      logger: {
        info: (_, text) => void told.said.push(String(text)),
        warn: (_, text) => void told.said.push(String(text)),
      },
    },
  );
  return { bridge, ...told };
}

const answer = () => Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("ok") });

test("an address that is there later is tried again, and complained of once", async () => {
  const { bridge, sleptMs, said } = bridgeOf({ bridgeHost: "172.17.0.1" }, 9);
  const hosts: string[] = [];
  let server = null as ReturnType<typeof answer> | null;
  await bridge.run((host) => {
    if (hosts.push(host) < 3) throw new Error("EADDRNOTAVAIL");
    server = answer();
    return server;
  });
  expect(hosts).toEqual(["172.17.0.1", "172.17.0.1", "172.17.0.1"]);
  expect(sleptMs).toEqual([5_000, 5_000]);
  expect(said).toHaveLength(2);

  const url = server?.url.href ?? "";
  expect(await (await fetch(url)).text()).toBe("ok");
  await bridge.stop(0);
  expect(await fetch(url).catch(() => "refused")).toBe("refused");
});

test("a worker that is stopped meanwhile does not listen any more", async () => {
  const { bridge, sleptMs } = bridgeOf({ bridgeHost: "172.17.0.1" }, 2);
  await bridge.run(() => {
    throw new Error("EADDRNOTAVAIL");
  });
  expect(sleptMs).toHaveLength(2);
});

test.each([{}, { bridgeHost: "127.0.0.1" }, { bridgeHost: "172.17.0.1", host: "0.0.0.0" }])(
  "%p needs no second address",
  async (hosts) => {
    const { bridge } = bridgeOf(hosts);
    await bridge.run(() => {
      throw new Error("it listens");
    });
    await bridge.stop(0);
  },
);
