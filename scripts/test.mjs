// Runs the tests, after installing and building what is missing: `npm test -- test/unit` runs a part of them.
//
// They run in a private network where the machine has one. The last line printed is always
// `N passed, N failed`, with `, N skipped` where tests were skipped; a file that could not be loaded, and an error
// outside any test, count as one failure each. The exit code is 0 only when something passed and nothing failed.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureAgents, ensureBuilt, ensurePackages, root } from "./ensure.mjs";

const folder = mkdtempSync(join(tmpdir(), "parallelization-test-"));
try {
  report(runTests(process.argv.slice(2), join(folder, "results.json")));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Prepares, runs, and counts. */
function runTests(extraArguments, resultsFile) {
  let agentsInstalled;
  try {
    ensurePackages();
    agentsInstalled = ensureAgents();
    ensureBuilt();
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, remarks: [`The tests did not start: ${error.message}`] };
  }
  const exitCode = runVitest(extraArguments, resultsFile);
  const counts = countTests(resultsFile, exitCode);
  if (!agentsInstalled) {
    counts.remarks.push(
      "Skipped: the tests with the real Claude Code CLI (npm ci --prefix test/agents failed, see above)",
    );
  }
  return counts;
}

function runVitest(extraArguments, resultsFile) {
  const vitest = [process.execPath, join(root, "node_modules", "vitest", "vitest.mjs"), "run"];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${resultsFile}`];
  const privateNetwork = join(root, "scripts", "private-network.mjs");
  const wrapper = existsSync(privateNetwork) ? [process.execPath, privateNetwork] : [];
  const [program, ...args] = [...wrapper, ...vitest, ...reporters, ...extraArguments];
  return spawnSync(program, args, { cwd: root, stdio: "inherit" }).status ?? 1;
}

/** Reads vitest's own results; what it reports outside of tests becomes a failure of its own. */
function countTests(resultsFile, exitCode) {
  if (!existsSync(resultsFile)) {
    return { passed: 0, failed: 1, skipped: 0, remarks: ["vitest ended without results; its own message is above"] };
  }
  const results = JSON.parse(readFileSync(resultsFile, "utf8"));
  const unloaded = results.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const counts = {
    passed: results.numPassedTests,
    failed: results.numFailedTests + unloaded.length,
    skipped: results.numPendingTests + results.numTodoTests,
    remarks: unloaded.map((file) => `Could not be loaded: ${file.name}`),
  };
  if (exitCode !== 0 && counts.failed === 0) {
    counts.failed = 1;
    counts.remarks.push("An error outside any test, or no tests at all: see above");
  }
  return counts;
}

function report({ passed, failed, skipped, remarks }) {
  for (const remark of remarks) console.log(remark);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
