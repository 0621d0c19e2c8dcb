import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { openLinuxProcessTable } from "./linux-process-table.ts";
import { openProcessTable } from "./open-process-table.ts";
import { identityOf, isAlive, type ProcessTable, signalVerified } from "./process-table.ts";
import { openPsProcessTable } from "./ps-process-table.ts";

const MARK = { name: "PROCESS_TABLE_TEST", value: crypto.randomUUID() };

/** What every process table must do, on the machine that runs the tests. */
function describeProcessTable(name: string, open: () => ProcessTable): void {
  describe(`the process table by ${name}`, () => {
    let table: ProcessTable;
    let child: Bun.Subprocess;

    beforeEach(() => {
      table = open();
      child = Bun.spawn(["sleep", "60"], {
        env: { PATH: "/bin:/usr/bin", [MARK.name]: MARK.value },
        detached: true,
      });
    });
    afterEach(async () => {
      child.kill("SIGKILL");
      await child.exited;
    });

    test("finds a child of ours, with its parent and its group", async () => {
      const entry = await table.find(child.pid);
      expect(entry).toMatchObject({
        pid: child.pid,
        parentPid: process.pid,
        groupPid: child.pid,
      });
      expect(entry?.command).toContain("sleep");
    });

    test("gives the same start mark at every look", async () => {
      const entry = await table.find(child.pid);
      const listed = (await table.list()).find(({ pid }) => pid === child.pid);
      expect(listed?.startMark).toBe(entry?.startMark ?? "none");
    });

    test("lists this process and its child, each once", async () => {
      const pids = (await table.list()).map((entry) => entry.pid);
      expect(pids).toContain(process.pid);
      expect(pids).toContain(child.pid);
      expect(new Set(pids).size).toBe(pids.length);
    });

    test("finds whoever carries a mark in its environment", async () => {
      const find = async () => [...(await table.listMarked(MARK.name, MARK.value))];
      // In the middle of its exec a process has no environment to show.
      for (let look = 0; look < 100 && (await find()).length === 0; look += 1) await Bun.sleep(5);
      expect(await find()).toEqual([child.pid]);
      expect([...(await table.listMarked(MARK.name, "another"))]).toEqual([]);
    });

    test("says that a process is dead once it has ended", async () => {
      const entry = await table.find(child.pid);
      if (entry === null) throw new Error("the child is not there");
      const identity = identityOf(table, entry);
      expect(await isAlive(table, identity)).toBeTrue();

      await signalVerified(table, identity, "SIGKILL");
      await child.exited;
      expect(await isAlive(table, identity)).toBeFalse();
      expect(await table.find(child.pid)).toBeNull();
    });

    test("does not signal another process that has the same pid", async () => {
      const identity = { pid: child.pid, startMark: "another start", bootId: table.bootId };
      await signalVerified(table, identity, "SIGKILL");
      await signalVerified(table, { ...identity, bootId: "another boot" }, "SIGKILL");
      expect(await table.find(child.pid)).not.toBeNull();
    });

    test("never signals a group, init or itself", () => {
      for (const pid of [0, -1, -child.pid, 1, process.pid]) {
        expect(() => table.signal(pid, "SIGTERM")).toThrow("broken promise");
      }
    });
  });
}

describeProcessTable("this system's own way", () => openProcessTable());
if (process.platform === "linux") {
  describeProcessTable("/proc", () => openLinuxProcessTable());
  describeProcessTable("ps, as on macOS", () =>
    openPsProcessTable({
      readBootId: () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      environmentFlags: ["axeww"],
    }),
  );
}
