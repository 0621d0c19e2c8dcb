#!/usr/bin/env bun
import { igs } from "./igs.ts";
import { runProcess } from "./run-process.ts";

await runProcess("igs", igs);
