// Preloaded into every part that the supervisor starts. A part lives in a session of its own, so
// that Ctrl-C reaches the supervisor alone; but a supervisor that was killed can't stop it any more.
// A part whose parent is gone stops itself, as if it had been told to, once.

const LOOK_GAP_MS = 1_000;

// A part that reloads itself (`--watch`) begins anew, perhaps after its parent is gone: who the
// parent was has to come from the parent.
const parentPid = Number(process.env.IGS_PARENT_PID ?? process.ppid);

const looking = setInterval(() => {
  if (process.ppid === parentPid) return;
  clearInterval(looking);
  process.kill(process.pid, "SIGTERM");
}, LOOK_GAP_MS);
looking.unref();
