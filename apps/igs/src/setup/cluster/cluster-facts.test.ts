import { describe, expect, test } from "bun:test";
import { decideEngineUrl, decideWorkerPlace } from "./cluster-facts.ts";

const place = (nodeAddresses: string[], ownAddresses: string[]) =>
  decideWorkerPlace({ nodeAddresses, ownAddresses }, 3111);

describe("a pod reaches the worker", () => {
  test("at the node's own address where the node is this machine", () => {
    expect(place(["192.168.1.5"], ["192.168.1.5/24"])).toEqual({
      host: "192.168.1.5",
      origin: "http://192.168.1.5:3111",
    });
  });

  test("at this machine's address in the node's network", () => {
    expect(place(["172.18.0.2"], ["192.168.1.5/24", "172.18.0.1/16"]).host).toBe("172.18.0.1");
  });

  test("by Docker's name where the node is in a virtual machine; the worker stays on loopback", () => {
    expect(place(["192.168.65.3"], ["192.168.1.5/24"])).toEqual({
      host: "",
      origin: "http://host.docker.internal:3111",
    });
    expect(place([], []).host).toBe("");
  });

  test("not by a network that only begins alike, nor by an address of IPv6", () => {
    expect(place(["172.19.0.2", "fe80::1"], ["172.18.0.1/16"]).host).toBe("");
  });
});

test("this machine reaches the server at the node, or at loopback", () => {
  const facts = { nodePort: 30_288, ownAddresses: ["172.18.0.1/16"] };
  expect(decideEngineUrl({ ...facts, nodeAddresses: ["172.18.0.2"] })).toBe(
    "http://172.18.0.2:30288",
  );
  expect(decideEngineUrl({ ...facts, nodeAddresses: ["10.0.0.2"] })).toBe("http://127.0.0.1:30288");
});
