// Runs the server's demonstration, after installing and building what is missing: `npm run demo -- --keep`.

import { spawn } from "node:child_process";
import { builtServer, ensureBuilt, ensurePackages } from "./ensure.mjs";

ensurePackages();
ensureBuilt();
const demo = spawn(process.execPath, [builtServer, "demo", ...process.argv.slice(2)], { stdio: "inherit" });
// Ctrl-C reaches the whole foreground group: the demonstration cleans up and ends, and then so do we.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => demo.kill("SIGTERM"));
demo.once("exit", (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 130;
});
