/** What a user has mounted in a workspace, and the rights of root, as an agent's view has them. */
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { makeRepository } from "../rig/git-rig.ts";

const place = fileURLToPath(new URL("../..", import.meta.url));
const mayMount = spawnSync("env", ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

/** Starts a program with a view, on a machine of its own where it is root and something was mounted before. */
const program = `
const { childProcesses } = await import(process.argv[1]);
const { strongest, view, script } = JSON.parse(process.argv[2]);
const processes = childProcesses({ strongest });
console.log((await processes.containment()).driver, await processes.holdsView(view));
const env = { PATH: process.env.PATH };
const child = await processes.start({ argv: ["/bin/sh", "-c", script], cwd: view.own, env, maxLineBytes: 1000, contained: true, view });
child.onLine((line) => console.log(line));
const { exitCode, spawnError } = await child.exited;
console.log(spawnError ?? exitCode);
`;

function inMachine(mounts: string, asked: object): readonly string[] {
  const module = join(place, "src/platform/processes/child-processes.ts");
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", program, module];
  const argv = ["unshare", "-rm", "/bin/sh", "-ec", `${mounts}\nexec "$@"`, "sh", ...node, JSON.stringify(asked)];
  const { stdout, stderr } = spawnSync("env", argv, { cwd: place, encoding: "utf8" });
  return [...stdout.split("\n"), ...stderr.split("\n")].filter((line) => line !== "");
}

describe.skipIf(!mayMount)("where this machine lets a user mount", () => {
  test.for(["pid-namespace", "bubblewrap"] as const)(
    "what is mounted in the user's files can be read only, by %s, and root cannot take that back",
    async (strongest, { skip }) => {
      await using repository = await makeRepository({ "a.txt": "a\n" });
      const { root, scratch } = repository;
      const hidden = join(scratch, "hidden");
      const [volume, modules] = [join(scratch, "volume"), join(scratch, "modules")];
      const folders = ["hidden/own", "hidden/.view", "volume/deep", "modules"].map((name) => join(scratch, name));
      const points = ["a volume", "node_modules/inner", "file"].map((name) => join(root, name));
      for (const folder of [...folders, ...points.slice(0, 2)]) await mkdir(folder, { recursive: true });
      await writeFile(join(root, "file"), "user's\n");
      await writeFile(join(volume, "kept"), "user's\n");
      const mounts = [
        `mount --bind '${volume}' '${points[0]}'`,
        `mount -t tmpfs -o nosuid,nodev,noexec none '${points[0]}/deep'`,
        `mount --bind '${modules}' '${points[1]}'`,
        `mount --bind '${volume}/kept' '${points[2]}'`,
      ].join("\n");
      const written = [`${points[0]}/new`, `${points[0]}/deep/new`, points[2], `${root}/new`, `${points[1]}/new`];
      const script = [
        ...written.map((path) => `(echo foreign > '${path}') 2>/dev/null && echo written || echo refused`),
        `umount -l '${root}' 2>/dev/null && echo unmounted || echo kept`,
        `mount -o remount,bind,rw '${root}' 2>/dev/null && echo opened || echo kept`,
        // A namespace of users of its own is open to it, and what is mounted cannot be taken back there either.
        `unshare -rm true 2>/dev/null && echo nested`,
        `unshare -rm umount -l '${root}' 2>/dev/null && echo unmounted || echo kept`,
      ].join("\n");
      const view = {
        own: join(hidden, "own"),
        hidden,
        stage: join(hidden, ".view"),
        readOnly: [root],
        writable: [join(root, "node_modules")],
      };
      const [held, ...said] = inMachine(mounts, { strongest, view, script });
      skip(held?.startsWith(strongest) !== true, `${strongest} does not work here`);
      expect(held).toBe(`${strongest} true`);
      expect(said).toEqual([
        "refused",
        "refused",
        "refused",
        "refused",
        "written",
        "kept",
        "kept",
        "nested",
        "kept",
        "0",
      ]);
      expect(await readFile(join(volume, "kept"), "utf8")).toBe("user's\n");
      expect(await readFile(join(modules, "new"), "utf8")).toBe("foreign\n");
    },
  );
});
