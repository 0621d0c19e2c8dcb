import { describe, expect, test } from "bun:test";
import { checkPort, findFreePorts, readLsof, readSs } from "./check-port.ts";

const host = "127.0.0.1";

describe("a port", () => {
  test("that nothing listens on is free", async () => {
    const [port = 0] = findFreePorts(host, 1);
    expect(await checkPort({ host, port, part: "worker" })).toBeUndefined();
  });

  test("that a worker has is taken by a worker, with its functions", async () => {
    const worker = Bun.serve({
      hostname: host,
      port: 0,
      fetch: () => Response.json({ status: "running", functions: 5 }),
    });
    const check = checkPort({ host, port: worker.port ?? 0, part: "worker" });
    await expect(check).rejects.toMatchObject({
      code: "port-taken",
      message: expect.stringContaining("a System Bus worker with 5 functions"),
      fix: expect.stringContaining("--worker-port"),
    });
    await worker.stop(true);
  });

  test("that something else has is taken by another program", async () => {
    const other = Bun.listen({ hostname: host, port: 0, socket: { data() {} } });
    const check = checkPort({ host, port: other.port, part: "engine" });
    await expect(check).rejects.toMatchObject({
      message: expect.stringContaining("another program"),
      fix: expect.stringContaining("--engine-port"),
    });
    other.stop(true);
  });
});

test("a listener's name and id are read from lsof and from ss", () => {
  expect(readLsof("p1234\ncbun\nf12\n")).toBe("bun, pid 1234");
  expect(readLsof("")).toBeNull();
  const line = 'LISTEN 0 512 127.0.0.1:3111 0.0.0.0:* users:(("bun",pid=77,fd=12))';
  expect(readSs(line)).toBe("bun, pid 77");
  expect(readSs("")).toBeNull();
});
