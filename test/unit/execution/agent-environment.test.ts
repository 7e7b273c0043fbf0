import { describe, expect, it } from "vitest";
import { claudeCodeEnvironment, nestingDepth } from "../../../src/engines/execution/agent-environment.ts";

const request = { executionId: "run-1", taskId: "t 1" };
const marks = { PARALLELIZATION_RUN: "run-1", PARALLELIZATION_TASK: "t 1", PARALLELIZATION_DEPTH: "1" };

describe("an agent's environment", () => {
  it.each([
    ["PATH"],
    ["HOME"],
    ["USER"],
    ["LANG"],
    ["LC_ALL"],
    ["TERM"],
    ["TMPDIR"],
    ["TZ"],
    ["XDG_CONFIG_HOME"],
    ["HTTPS_PROXY"],
    ["no_proxy"],
    ["SSL_CERT_FILE"],
    ["NODE_EXTRA_CA_CERTS"],
    ["ANTHROPIC_API_KEY"],
    ["ANTHROPIC_BASE_URL"],
    ["CLAUDE_CONFIG_DIR"],
    ["CLAUDE_CODE_OAUTH_TOKEN"],
    ["CLAUDE_CODE_USE_BEDROCK"],
    ["AWS_PROFILE"],
    ["CLOUD_ML_REGION"],
    ["GOOGLE_APPLICATION_CREDENTIALS"],
    ["CLAUDE_CODE_MAX_RETRIES"],
    ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"],
    ["DISABLE_TELEMETRY"],
  ])("holds %s", (name) => {
    expect(claudeCodeEnvironment({ ...request, server: { [name]: "x" } })).toEqual({ ...marks, [name]: "x" });
  });

  it.each([
    ["CLAUDECODE"],
    ["CLAUDE_CODE_SESSION_ID"],
    ["CLAUDE_CODE_ENTRYPOINT"],
    ["CLAUDE_CODE_MESSAGING_SOCKET"],
    ["CLAUDE_CODE_MESSAGING_TOKEN"],
    ["CLAUDE_CODE_CHILD_SESSION"],
    ["CLAUDE_PROJECT_DIR"],
    ["AI_AGENT"],
    ["GIT_DIR"],
    ["GIT_CONFIG_GLOBAL"],
    ["NODE_OPTIONS"],
    ["npm_config_cache"],
    ["npm_lifecycle_event"],
    ["LD_PRELOAD"],
    ["SSH_AUTH_SOCK"],
    ["GITHUB_TOKEN"],
    ["PARALLELIZATION_ALLOW_COMMANDS"],
    ["MY_PATH"],
    ["PATHS"],
  ])("does not hold %s", (name) => {
    expect(claudeCodeEnvironment({ ...request, server: { [name]: "x" } })).toEqual(marks);
  });

  it("is marked with its run, its task, and how deep it is", () => {
    const server = { ...marks, PARALLELIZATION_DEPTH: "2", PATH: undefined };
    expect(claudeCodeEnvironment({ ...request, server })).toEqual({ ...marks, PARALLELIZATION_DEPTH: "3" });
  });
});

describe("the depth of nesting", () => {
  it.each([
    [undefined, 0],
    ["", 0],
    ["0", 0],
    ["1", 1],
    ["12", 12],
    ["-1", 1],
    ["none", 1],
    ["1e9", 1],
  ])("of a server with the mark %s is %i", (mark, depth) => {
    expect(nestingDepth({ PARALLELIZATION_DEPTH: mark })).toBe(depth);
  });
});
