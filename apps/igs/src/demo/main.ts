// bin/demo, once the machine has what it needs.

import { createProcessContext } from "../cli-context.ts";
import { CliError, EXIT_CODES } from "../output/failure.ts";
import { createIo } from "../output/io.ts";
import { demoHome, loadRemembered } from "./demo-home.ts";
import { readDemoOptions } from "./demo-options.ts";
import { runDemo } from "./run-demo.ts";
import { stopKeptDemo } from "./stop-kept-demo.ts";

const context = createProcessContext("bin/demo");
const io = createIo(context, false);

try {
  const options = readDemoOptions(process.argv.slice(2));
  const home = demoHome(context.env["BUS_DEMO_HOME"], options.shouldCrash);
  const remembered = await loadRemembered(home);
  process.exitCode = options.shouldStop
    ? await stopKeptDemo(home, remembered, io)
    : await runDemo({ options, home, remembered, context, io });
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  context.stderr.write(`${io.paint.bad("error:")} ${error.message}\n  ${error.fix}\n`);
  process.exitCode = EXIT_CODES[error.code];
}
