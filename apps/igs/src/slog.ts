#!/usr/bin/env bun
import { runProcess } from "./run-process.ts";
import { slog } from "./slog-cli.ts";

await runProcess("slog", slog);
