// Preloaded into every part that the supervisor starts. A part lives in a session of its own, so
// that Ctrl-C reaches the supervisor alone; but a supervisor that was killed can't stop it any more.
// A part whose parent is gone stops itself, as if it had been told to.

const LOOK_GAP_MS = 1_000;

const parentPid = process.ppid;
setInterval(() => {
  if (process.ppid !== parentPid) process.kill(process.pid, "SIGTERM");
}, LOOK_GAP_MS).unref();
