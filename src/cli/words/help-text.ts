import { programName } from "../../report/command-words.ts";

/** What help says below the commands: what scripts rely on, and what the environment changes. */
export const generalHelp = `
FILE is YAML or JSON, - is standard input: a list of tasks, {title, tasks}, {title, phases}, or what analyze --json prints.

  title: Add login
  tasks:
    - { id: api, description: Write the login API in src/api, estimatedMinutes: 20 }
    - { id: form, description: Write the login form in src/ui, estimatedMinutes: 15 }
    - { id: check, description: Test login end to end, dependsOn: [api, form] }

First steps:
  ${programName} demo                              see it work: no key, no network
  ${programName} plan login.yaml                   who would work when; runs nothing
  ${programName} run login.yaml                    rehearse it with simulated agents
  ${programName} run login.yaml --executor claude-code

Exit codes:
  0    everything went well
  1    a task failed, or a scenario did not come out as it must
  2    the command, its options or its file cannot be understood, or are refused
  3    an agent's question needs an answer
  4    conflicts are held back, or their apply was
  5    a limit stopped the run
  6    something is missing around the program; doctor tells what
  130  interrupted or cancelled

Environment:
  PARALLELIZATION_EXECUTOR        executor of runs that name none (simulated)
  PARALLELIZATION_ALLOW_COMMANDS  commands that MCP clients may run: globs, comma-separated
  PARALLELIZATION_MAX_AGENTS      most agents of a run on this machine, 1-100
  PARALLELIZATION_STATE_DIR       folder of kept results, backups and the list of runs
  PARALLELIZATION_CLAUDE          path of the claude program
  PARALLELIZATION_LOG             what is logged: silent, error, warn, info or debug
  NO_COLOR, FORCE_COLOR           without and with colours, whatever the output is`;

const examples: Readonly<Record<string, readonly (readonly [words: string, meaning: string])[]>> = {
  serve: [["serve", "what an MCP client starts; without words and with a pipe it is the same"]],
  analyze: [
    ["analyze login.yaml", "whether it is worth it, and why"],
    ["analyze - --json < login.yaml > analysis.json", "for run, or for another program"],
  ],
  plan: [
    ['plan login.yaml "Add login"', "who works when, the longest chain, the bottlenecks"],
    ["plan login.yaml --max-workers 2", "the same with two agents"],
    ['plan full-stack "A shop for books"', "a template's phases of roles, filled in for the goal"],
  ],
  run: [
    ["run login.yaml", "rehearse with simulated agents; nothing is really done"],
    ["run login.yaml --executor claude-code --watch", "have it done, and see every step"],
    ["run login.yaml --verify 'npm test' --apply branch", "merge only what passes, onto a branch"],
    ["run login.yaml --show-plan", "the plan only"],
    ['run api-service "A price service" --max-workers 3', "a template, with three agents"],
    ["run - --output ndjson < login.yaml", "every event as a line of JSON, then the result"],
  ],
  simulate: [
    ["simulate", "all scenarios; exit 1 when one does not come out as it must"],
    ["simulate c27-50-10 d3-isolation", "two of them"],
    ["simulate --real", "the sizes and failures again with programs that really wait, in about two minutes"],
  ],
  demo: [["demo --keep", "and look at the repository afterwards"]],
  status: [
    ["status", "the newest runs"],
    ["status ID", "one run: who is at work, who needs you, what is left"],
  ],
  history: [
    ["history --limit 50", "the newest 50 runs with their figures"],
    ["history --ids", "ids only, for scripts"],
  ],
  report: [
    ["report ID > report.md", "summary, recommendations, detail, timeline"],
    ["report ID --format json", "the same as data, with every task's result"],
  ],
  conflicts: [
    ["conflicts ID", "what is held back, where, and the ways out; exit 4 if there is anything to decide"],
    ["conflicts main feature-a feature-b", "how these branches would merge into main, and in which order"],
  ],
  answer: [
    ["answer ID", "shows what is asked and lets you choose"],
    ["answer ID --task form keep", "answers without asking back; 1, 2, ... choose an option too"],
  ],
  cancel: [["cancel ID", "agents end, what is done is kept; works from any terminal"]],
  pause: [["pause ID", "nothing new starts; works from any terminal"]],
  resume: [["resume ID", "a paused run goes on; a run that has ended cannot be taken up again yet"]],
  retry: [
    ["retry ID", "does the one task that has failed again, and what waits for it; works from any terminal"],
    ["retry ID form", "the same where several have failed, or to bring a skipped task back"],
  ],
  skip: [["skip ID form", "its agent ends, what it has done is kept; what depends on it is skipped too"]],
  steer: [['steer ID form "Keep the old route as well."', "its agent reads that before its next step"]],
  resolve: [
    ["resolve ID c1 prefer-agent --agent api --preview", "what taking that result would change, before anything is"],
    ["resolve ID c1 sequential-retry", "does the held task again on top of the merged results"],
    ["resolve ID c1 manual", "makes a folder with conflict markers; when it is edited: --continue"],
  ],
  apply: [["apply ID", "writes what a finished run has merged into your files"]],
  undo: [["undo ID", "restores every file that the run has written, byte for byte"]],
  doctor: [["doctor --workspace ~/project", "whether agents can work there"]],
  completion: [
    ["completion bash > ~/.local/share/bash-completion/completions/parallelization-mcp", "bash"],
    ['completion zsh > "${fpath[1]}/_parallelization-mcp"', "zsh"],
    ["completion fish > ~/.config/fish/completions/parallelization-mcp.fish", "fish"],
  ],
};

/** What help says below the options of a command. */
export function exampleHelp(command: string): string {
  const lines = (examples[command] ?? []).map(([words, meaning]) => `  ${programName} ${words}\n      ${meaning}`);
  return lines.length === 0 ? "" : `\nExamples:\n${lines.join("\n")}`;
}
