// The fakes as programs: `fake-client-main.ts docker run …`. FAKE_STATE names their folder;
// FAKE_KILL=docker:3:after kills who called, as a power cut would, when the third change is done.

import { FakeDocker } from "./fake-docker.ts";
import { FakeKubectl } from "./fake-kubectl.ts";
import { processHost } from "./server-host.ts";

const [name, ...argv] = process.argv.slice(2);
const options = {
  state: process.env["FAKE_STATE"] ?? "",
  host: processHost,
  onChange(client: string, count: number, moment: string) {
    if (process.env["FAKE_KILL"] !== `${client}:${count}:${moment}`) return;
    process.kill(process.ppid, "SIGKILL");
    if (moment === "before") process.exit(1);
  },
};
const client = name === "docker" ? new FakeDocker(options) : new FakeKubectl(options);
const reads = argv.includes("--from-env-file=/dev/stdin") || argv.includes("-");
const { exitCode, stdout, stderr } = await client.call({
  argv,
  env: process.env,
  input: reads ? await Bun.stdin.text() : "",
});
process.stdout.write(stdout);
if (stderr !== "") process.stderr.write(`${stderr}\n`);
process.exit(exitCode);
