#!/usr/bin/env bun
import { createProcessContext } from "./cli-context.ts";
import { runCli } from "./run-cli.ts";
import { slog } from "./slog-cli.ts";

process.exitCode = await runCli(slog, process.argv.slice(2), createProcessContext("slog"));
