#!/usr/bin/env bun
import { createProcessContext } from "./cli-context.ts";
import { igs } from "./igs.ts";
import { runCli } from "./run-cli.ts";

process.exitCode = await runCli(igs, process.argv.slice(2), createProcessContext("igs"));
