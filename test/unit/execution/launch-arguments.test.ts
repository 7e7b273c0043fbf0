import { describe, expect, it } from "vitest";
import {
  defaultTools,
  launchArguments,
  toolNames,
} from "../../../src/engines/execution/claude-code/launch-arguments.ts";

const request = {
  sessionId: "0f3b8a52-6a36-4c5e-9d39-0a4b0d0f6a11",
  tools: defaultTools,
  model: undefined,
  role: "You are T1.",
};

function valueOf(args: readonly string[], flag: string): string | undefined {
  return args[args.indexOf(flag) + 1];
}

describe("the arguments of claude", () => {
  it("make it ask for every permission, start nobody's MCP servers, and offer only the tools of the task (C8)", () => {
    const args = launchArguments({ ...request, tools: ["Read", "Bash(npm test *)", "Bash(git diff)"] });
    expect(args[0]).toBe("-p");
    expect(valueOf(args, "--input-format")).toBe("stream-json");
    expect(valueOf(args, "--output-format")).toBe("stream-json");
    expect(valueOf(args, "--permission-prompt-tool")).toBe("stdio");
    expect(valueOf(args, "--permission-mode")).toBe("default");
    expect(valueOf(args, "--setting-sources")).toBe("");
    expect(valueOf(args, "--session-id")).toBe(request.sessionId);
    expect(args).toContain("--strict-mcp-config");
    expect(JSON.parse(valueOf(args, "--mcp-config") ?? "")).toEqual({ mcpServers: {} });
    expect(valueOf(args, "--tools")).toBe("Read,Bash,AskUserQuestion");
    expect(args.join(" ")).not.toMatch(/dangerously|bypass/i);
  });

  it("name a model only where the task does, and cannot be extended by a role or a model", () => {
    expect(launchArguments(request).some((word) => word.startsWith("--model"))).toBe(false);
    const args = launchArguments({ ...request, model: "--help", role: "--dangerously-skip-permissions" });
    expect(args).toContain("--model=--help");
    expect(args).toContain("--append-system-prompt=--dangerously-skip-permissions");
  });

  it("refuse a session that is no UUID", () => {
    expect(() => launchArguments({ ...request, sessionId: "--resume" })).toThrow("no UUID");
  });

  it("hold no tool that starts agents, leaves the folder, or talks to other sessions by default", () => {
    for (const tool of ["Bash", "Task", "Agent", "WebFetch", "Workflow", "EnterWorktree", "SendMessage", "Skill"])
      expect(defaultTools).not.toContain(tool);
  });

  it("take tools by their names", () => {
    expect(toolNames([" Read ", "Bash(a *)", "Bash(b)", "", "(x)", "mcp__x__y", "a,--b"])).toEqual([
      "Read",
      "Bash",
      "mcp__x__y",
      "a",
      "AskUserQuestion",
    ]);
  });
});
