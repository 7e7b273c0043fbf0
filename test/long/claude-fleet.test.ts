/** Six real Claude Code agents at a limit of 60 requests a minute, for as long as it takes to fill it twice. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { runMetrics } from "../../src/report/run-metrics.ts";
import { createServices } from "../../src/services.ts";
import { CLAUDE_MISSING, claudeBinary, cleanClaudeEnvironment } from "../rig/claude-cli.ts";
import { makeRepository } from "../rig/git-rig.ts";
import { startModelServer, type Scripts } from "../rig/model-server.ts";

const binary = claudeBinary();
if (binary === undefined) process.stderr.write(`${CLAUDE_MISSING}\n`);

const names = ["one", "two", "three", "four", "five", "six"];
const filesEach = 20;
const perMinute = 60;
/** What a call takes on its way to the provider differs from one to the next. */
const onTheWayMs = 500;

const fileOf = (name: string, index: number): string => `${name}/${index}.txt`;

test.skipIf(binary === undefined)(
  "six Claude Code agents keep to 60 requests in every minute, use nearly all of them, and end their work (C3, C16)",
  async () => {
    await using repository = await makeRepository({ "readme.md": "# Project\n" });
    const arrivals: number[] = [];
    const steps = (name: string) => [
      ...Array.from({ length: filesEach }, (_, index) => ({
        use: [{ name: "Write", input: { file_path: fileOf(name, index), content: "done\n" } }],
      })),
      { say: "wrote them all" },
    ];
    const script = (name: string) => (): ReturnType<Scripts[string]> => {
      arrivals.push(performance.now());
      return steps(name);
    };
    await using model = await startModelServer({
      scripts: Object.fromEntries(names.map((name) => [name, script(name)])),
    });
    const environment = cleanClaudeEnvironment({
      home: join(repository.scratch, "home"),
      baseUrl: model.baseUrl,
      extra: { PARALLELIZATION_CLAUDE: binary ?? "" },
    });
    const { runs } = createServices({ stateFolder: join(repository.scratch, "state"), environment });
    const executionId = await runs.start(
      {
        executor: "claude-code",
        workspace: repository.root,
        maxParallelAgents: names.length,
        constraints: { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: perMinute } },
        tasks: names.map((id) => ({ id, description: `[[script:${id}]] do your part`, estimatedMinutes: 5 })),
      },
      {},
    );
    const view = await runs.wait(executionId, { waitMs: 500_000 });
    await runs.shutdown();
    const calls = names.length * (filesEach + 1);
    expect(view.status).toBe("completed");
    expect(view.spec.unenforced).toEqual([]);
    expect(arrivals).toHaveLength(calls);
    expect(runMetrics(view).apiCalls).toBe(calls);
    const windowMs = 60_000 - onTheWayMs;
    const busiest = Math.max(
      ...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + windowMs).length),
    );
    expect(busiest).toBeLessThanOrEqual(perMinute);
    const leastMs = ((calls - 1) * 60_000) / perMinute;
    const tookMs = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
    process.stdout.write(
      `${calls} calls in ${(tookMs / 1_000).toFixed(1)} s, ${((100 * leastMs) / tookMs).toFixed(1)} % of the limit used, ${busiest} calls in the busiest minute\n`,
    );
    for (const name of names) expect(await repository.read(fileOf(name, filesEach - 1))).toBe("done\n");
  },
);
