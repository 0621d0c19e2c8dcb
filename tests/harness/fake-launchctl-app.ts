// launchctl for fake-launchd-app.ts. Usage: fake-launchctl-app.ts SOCKET VERB …

const [, , unix = "", ...words] = process.argv;
const response = await fetch("http://launchd/", {
  method: "POST",
  body: JSON.stringify(words),
  unix,
});
const { exitCode, stdout, stderr } = (await response.json()) as {
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
};
process.stdout.write(stdout ?? "");
process.stderr.write(stderr ?? "");
process.exitCode = exitCode;
