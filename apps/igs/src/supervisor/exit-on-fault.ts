// Preloaded into a part that runs under `bun --watch`. There Bun keeps a process alive after an
// exception that nobody caught, to wait for a change; but its timers are dead, while it goes on
// answering. Such a part has to end, so that the supervisor starts it again. Code that can't even be
// read is another matter: nothing of it runs, and the next change mends it.

function end(error: unknown): void {
  try {
    console.error(error);
  } catch {
    // The supervisor is gone, and with it the pipe to write to.
  }
  const isUnreadable = error instanceof BuildMessage || error instanceof ResolveMessage;
  if (!isUnreadable) process.exit(1);
}

process.on("uncaughtException", end);
process.on("unhandledRejection", end);
