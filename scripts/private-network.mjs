// Runs a command in a network of its own, where nothing but its own loopback can be reached.
//
//   node scripts/private-network.mjs COMMAND [ARGUMENTS...]
//
// The command and everything it starts share one Linux network namespace, so a server that a test opens on 127.0.0.1
// is there for the programs under test while the rest of the world is not. A fresh namespace has its loopback down;
// bringing it up needs one tool out of several, and none of them is everywhere: iproute2, net-tools or busybox may be
// missing, perl is essential on Debian. Where no way works, the command runs as it is and one line on stderr says so.
// PARALLELIZATION_PRIVATE_NETWORK is "yes" or "no" in the command's environment. Exit code and signals pass through.

import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";

// SIOCSIFFLAGS is 0x8914 and IFF_UP|IFF_RUNNING is 0x41 on every Linux architecture; struct ifreq is at most 40 bytes.
const LOOPBACK_UP = [
  "ip link set lo up",
  "ifconfig lo up",
  "busybox ip link set lo up",
  `perl -e '$r = pack("a16 s x22", "lo", 0x41); socket(S, 2, 2, 0) && ioctl(S, 0x8914, $r) or exit 1'`,
  `python3 -c 'import fcntl,socket,struct; fcntl.ioctl(socket.socket(2, 2), 0x8914, struct.pack("16sh22x", b"lo", 0x41))'`,
]
  .map((way) => `${way} 2>/dev/null`)
  .join(" || ");

const WAYS_IN = [
  ["unshare", "--net"],
  ["unshare", "--user", "--map-root-user", "--net"],
];

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/** The words that, put before a command, run it in a private network; undefined where the machine does not allow one. */
function privateNetworkPrefix() {
  if (process.platform !== "linux") return undefined;
  for (const wayIn of WAYS_IN) {
    const prefix = [...wayIn, "sh", "-c", `{ ${LOOPBACK_UP}; } && exec "$@"`, "sh"];
    const [program, ...args] = [...prefix, "true"];
    if (spawnSync(program, args, { stdio: "ignore", timeout: 20_000 }).status === 0) return prefix;
  }
  return undefined;
}

/** Runs the command with this process's own streams and ends as the command ended. */
function run([program, ...args], env) {
  const child = spawn(program, args, { stdio: "inherit", env });
  for (const signal of FORWARDED) {
    // A terminal sends Ctrl-C to the whole foreground group: passing it on would deliver it twice.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.once("error", (error) => {
    process.stderr.write(`private-network: cannot run ${program}: ${error.message}\n`);
    process.exit(127);
  });
  child.once("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    process.exitCode = 128 + constants.signals[signal];
  });
}

const command = process.argv.slice(2);
if (command.length === 0) {
  process.stderr.write("usage: node scripts/private-network.mjs COMMAND [ARGUMENTS...]\n");
  process.exit(2);
}
const prefix = privateNetworkPrefix();
if (prefix === undefined) {
  process.stderr.write(
    "private-network: this machine does not allow a private network; the command runs without one\n",
  );
}
run([...(prefix ?? []), ...command], {
  ...process.env,
  PARALLELIZATION_PRIVATE_NETWORK: prefix === undefined ? "no" : "yes",
});
