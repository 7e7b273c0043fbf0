/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Carries the run's id in the environment of an agent and all it starts. */
export const runMark = "PARALLELIZATION_RUN";
/** Carries the task's id. */
export const taskMark = "PARALLELIZATION_TASK";
/** Carries how many of these servers are above a program. */
const depthMark = "PARALLELIZATION_DEPTH";

/** What every program needs to find its files, its language, and the network. */
const everyProgram: readonly RegExp[] = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TERM|TMPDIR|TZ)$/,
  /^LC_[A-Z]+$/,
  /^XDG_[A-Z_]+$/,
  /^(HTTP|HTTPS|ALL|NO|FTP)_PROXY$/i,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/,
];

/** What programs on Windows cannot start without; names are compared without case there. */
const onWindows =
  /^(SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|Path|TEMP|TMP|USERPROFILE|USERNAME|APPDATA|LOCALAPPDATA|ProgramData|ProgramFiles(\(x86\))?|HOMEDRIVE|HOMEPATH)$/i;

/** How the person's own Claude Code finds its login, its provider and its settings. */
const claudeCode: readonly RegExp[] = [
  /^ANTHROPIC_\w+$/,
  /^(CLAUDE_CONFIG_DIR|CLAUDE_CODE_OAUTH_TOKEN|CLAUDE_CODE_MAX_RETRIES|CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC|CLAUDE_CODE_GIT_BASH_PATH)$/,
  /^CLAUDE_CODE_USE_\w+$/,
  /^AWS_\w+$/,
  /^(GOOGLE_\w+|CLOUD_ML_REGION)$/,
  /^DISABLE_\w+$/,
];

/** Where compilers and package managers of programs keep themselves, and whether output is for people. */
const toolchains: readonly RegExp[] = [
  /^(JAVA_HOME|CARGO_HOME|RUSTUP_HOME|GOPATH|GOROOT|NVM_DIR|VOLTA_HOME|PYENV_ROOT|VIRTUAL_ENV|DOTNET_ROOT|ANDROID_HOME|PNPM_HOME|BUN_INSTALL|CI|NO_COLOR)$/,
];

/** What an agent's environment is made from. */
export interface EnvironmentRequest {
  /** The server's own environment. */
  readonly server: Environment;
  readonly executionId: string;
  readonly taskId: string;
}

/**
 * The whole environment of a Claude Code agent: what it needs of the server's, by an allow-list, and the marks by
 * which it and all it starts can be found. What the server's own client put there (its session, its sockets and
 * tokens), and what would change how programs or git behave, stays out.
 */
export function claudeCodeEnvironment(request: EnvironmentRequest): Readonly<Record<string, string>> {
  return agentEnvironment(request, claudeCode);
}

/**
 * The whole environment of a program that is no agent of a model: the same list without anything that logs in to a
 * model, and where its tools lie.
 */
export function programEnvironment(request: EnvironmentRequest): Readonly<Record<string, string>> {
  return agentEnvironment(request, toolchains);
}

function agentEnvironment(request: EnvironmentRequest, extra: readonly RegExp[]): Readonly<Record<string, string>> {
  const allowed = [...everyProgram, ...extra, onWindows];
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.server)) {
    if (value !== undefined && allowed.some((pattern) => pattern.test(name))) environment[name] = value;
  }
  environment[runMark] = request.executionId;
  environment[taskMark] = request.taskId;
  environment[depthMark] = String(nestingDepth(request.server) + 1);
  return environment;
}

/**
 * How many of these servers are above this one: 0 for one that a person's client started, 1 for one that an agent of
 * ours started. At 1 and above no real agents are started, or each agent could start as many again. A mark that is no
 * number counts as 1.
 */
export function nestingDepth(environment: Environment): number {
  const mark = environment[depthMark];
  if (mark === undefined || mark === "") return 0;
  return /^\d{1,3}$/.test(mark) ? Number(mark) : 1;
}
