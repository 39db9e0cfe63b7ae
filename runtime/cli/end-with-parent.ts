/** Loaded before a command: ends it in order when the process that started it is gone, however that ended. */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
