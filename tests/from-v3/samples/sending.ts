import { inngest, taskProcess } from "./client.ts";

// #sample send
export function send(url: string) {
  return inngest.send([
    // Checked against the schema, by the compiler and when it is sent.
    taskProcess.create({ url, outputPath: "out" }, { id: `task-${url}`, v: "1" }),
    // By name alone: neither; and no `v`.
    { name: "app/user.created", data: { userId: "u1" }, ts: Date.now() },
  ]);
}
// #end
