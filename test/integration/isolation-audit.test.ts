import { existsSync } from "node:fs";
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/schema/event.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

const shell = (id: string, script: string) => ({ id, description: id, command: ["sh", "-c", script] });

async function run(repository: TestRepository, tasks: ReturnType<typeof shell>[], during?: () => Promise<void>) {
  const services = createServices({ stateFolder: join(repository.scratch, "state") });
  const events: RunEvent[] = [];
  const input = { tasks, workspace: repository.root, executor: "command", apply: "merge" as const };
  const onEvent = (event: RunEvent): void => {
    events.push(event);
  };
  const id = await services.runs.start(input, {}, { commandsApproved: true, onEvent });
  await during?.();
  return { services, id, events, view: await services.runs.wait(id, { waitMs: 60_000 }) };
}

describe("the audit of isolation", () => {
  test.each([
    [
      "a hook",
      `printf '#!/bin/sh\\ntouch %s' "$0" > .git/hooks/post-commit || { mkdir .git/hooks; echo x > .git/hooks/post-commit; }`,
      ".git/hooks/post-commit",
    ],
    ["a filter", "git config filter.x.smudge 'touch /tmp/never'", ".git/config (filter.x.smudge)"],
    ["a monitor", "git config core.fsmonitor ./monitor", ".git/config (core.fsmonitor)"],
    ["an alias that runs a program", "git config alias.st '!touch /tmp/never'", ".git/config (alias.st)"],
    ["attributes of its own", "mkdir -p .git/info; echo '* filter=x' > .git/info/attributes", ".git/info/attributes"],
    [
      "another repository in the place of its own",
      "rm -rf .git; echo 'gitdir: /tmp' > .git",
      ".git, which is no longer the folder it was",
    ],
  ])(
    "holds the result of an agent that left %s, and says so, until somebody takes it all the same (C20)",
    async (_, script, found) => {
      await using repository = await makeRepository({ "a.txt": "a\n" });
      const tasks = [shell("bad", `echo bad > bad.txt; ${script}`), shell("good", "echo good > good.txt")];
      const { services, id, events, view } = await run(repository, tasks);
      expect(view).toMatchObject({
        status: "partial",
        merge: { merged: ["good"], held: [{ taskId: "bad", conflictIds: ["c1"] }] },
      });
      expect(view.conflicts).toMatchObject([
        { id: "c1", type: "resource", severity: "high", tasks: ["bad"], affectedResources: [found] },
      ]);
      expect(events.filter((event) => event.type === "workspace.tampered")).toMatchObject([
        { taskId: "bad", findings: [found] },
      ]);
      expect(await repository.read("bad.txt")).toBeUndefined();
      expect(await repository.read("good.txt")).toBe("good\n");
      const taken = await services.runs.resolve(
        id,
        { conflictId: "c1", option: "prefer-agent", taskId: "bad" },
        60_000,
      );
      expect(taken).toMatchObject({ done: true });
      expect(await repository.read("bad.txt")).toBe("bad\n");
      expect(existsSync("/tmp/never")).toBe(false);
    },
  );

  test("finds nothing in what tools do as they install and agents as they commit (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const script = [
      "echo new > new.txt",
      "git config user.name Somebody",
      "git config core.hooksPath .husky/_",
      "git config alias.st status",
      "git add -A && git commit -qm work",
      "git switch -qc branch",
    ].join(" && ");
    const { view } = await run(repository, [shell("tidy", script)]);
    expect(view).toMatchObject({ status: "completed", conflicts: [], merge: { merged: ["tidy"] } });
  });

  test("names what changed in the user's files and settings meanwhile as a risk, and blames nobody for it (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n", "mine.txt": "mine\n" });
    const flag = join(repository.scratch, "go");
    const waits = shell("waits", `echo new > new.txt; while [ ! -e '${flag}' ]; do sleep 0.02; done`);
    const { view } = await run(repository, [waits], async () => {
      // The run has recorded what it starts from as soon as its agent has made its file.
      await expect.poll(() => agentAtWork(repository), { timeout: 20_000, interval: 20 }).toBe(true);
      await repository.write({ "mine.txt": "changed by me\n" });
      await appendFile(join(repository.root, ".git", "config"), "[user]\n\tname = Me\n");
      await writeFile(flag, "");
    });
    expect(view).toMatchObject({ status: "completed", merge: { merged: ["waits"], held: [] } });
    expect(view.conflicts).toMatchObject([
      { type: "resource", severity: "low", affectedResources: [".git/config", "mine.txt"] },
    ]);
    expect(await repository.read("mine.txt")).toBe("changed by me\n");
    expect(await repository.read("new.txt")).toBe("new\n");
  });
});

/** Whether the run's journal says that its agent has started, so that its base is recorded. */
async function agentAtWork(repository: TestRepository): Promise<boolean> {
  const runs = join(repository.root, ".parallelization", "runs");
  for (const run of await readdir(runs)) {
    const journal = await readFile(join(runs, run, "events.jsonl"), "utf8");
    if (journal.includes('"type":"task.started"')) return true;
  }
  return false;
}
