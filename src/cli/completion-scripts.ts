/** What can stand in a place of the command line. */
export type Completes = "files" | "folders" | "runs" | "nothing" | { readonly words: readonly string[] };

/** A command as completion knows it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  /** What its first argument is. */
  readonly argument: Completes;
  /** Whether all others are of that kind too; otherwise nothing is offered for them. */
  readonly repeats: boolean;
  readonly options: readonly {
    readonly long: string;
    readonly description: string;
    /** What follows it; undefined when nothing does. */
    readonly value: Completes | undefined;
  }[];
}

/** The script for bash 4 and later. */
export function bashScript(program: string, commands: readonly CommandWords[]): string {
  const runs = `$(${program} history --ids 2>/dev/null)`;
  const reply = (completes: Completes): string => {
    if (completes === "files") return "compopt -o default 2>/dev/null";
    if (completes === "folders") return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur"))`;
    const words = completes === "runs" ? runs : completes === "nothing" ? "" : completes.words.join(" ");
    return `COMPREPLY=($(compgen -W "${words}" -- "$cur"))`;
  };
  const cases = commands.flatMap(({ name, argument, repeats, options }) => [
    `    ${name})`,
    ...optionCases(options, reply, "      "),
    ...countArguments(options, { words: "COMP_WORDS", first: "2", end: "COMP_CWORD" }),
    `      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${options.map((option) => option.long).join(" ")}" -- "$cur"))`,
    `      el${repeats ? "se" : "if (( before == 0 )); then"} ${reply(argument)}; fi ;;`,
  ]);
  return [
    `# bash completion of ${program}`,
    `${functionName(program)}() {`,
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" before=0 i`,
    "  COMPREPLY=()",
    "  if (( COMP_CWORD == 1 )); then",
    `    COMPREPLY=($(compgen -W "${commands.map((command) => command.name).join(" ")} --help --version" -- "$cur"))`,
    "    return",
    "  fi",
    `  case "\${COMP_WORDS[1]}" in`,
    ...cases,
    "  esac",
    "}",
    `complete -F ${functionName(program)} ${program}`,
    "",
  ].join("\n");
}

/** The script for zsh; works from a folder of fpath and when it is sourced. */
export function zshScript(program: string, commands: readonly CommandWords[]): string {
  const runs = `\${(f)"$(${program} history --ids 2>/dev/null)"}`;
  const reply = (completes: Completes): string => {
    if (completes === "files") return "_files";
    if (completes === "folders") return "_files -/";
    if (completes === "nothing") return "_message 'free text'";
    return completes === "runs" ? `compadd -- ${runs}` : `compadd -- ${completes.words.join(" ")}`;
  };
  const described = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([word, meaning]) => quote(`${word}:${meaning}`)).join(" ");
  const cases = commands.flatMap(({ name, argument, repeats, options }) => [
    `    ${name})`,
    ...optionCases(options, reply, "      "),
    ...countArguments(options, { words: "words", first: "3", end: "CURRENT" }),
    `      choices=(${described(options.map(({ long, description }) => [long, description]))})`,
    `      if [[ $PREFIX == -* ]]; then _describe option choices`,
    `      el${repeats ? "se" : "if (( before == 0 )); then"} ${reply(argument)}; fi ;;`,
  ]);
  return [
    `#compdef ${program}`,
    `${functionName(program)}() {`,
    `  local prev="\${words[CURRENT-1]}" before=0 i`,
    "  local -a choices",
    "  if (( CURRENT == 2 )); then",
    `    choices=(${described(commands.map(({ name, description }) => [name, description]))})`,
    "    _describe command choices",
    "    return",
    "  fi",
    `  case "\${words[2]}" in`,
    ...cases,
    "  esac",
    "}",
    `if [[ "\${funcstack[1]}" == "_${program}" ]]; then ${functionName(program)} "$@"`,
    `else compdef ${functionName(program)} ${program}; fi`,
    "",
  ].join("\n");
}

/** The script for fish. */
export function fishScript(program: string, commands: readonly CommandWords[]): string {
  const runs = `(${program} history --ids 2>/dev/null)`;
  const reply = (completes: Completes): string => {
    if (completes === "files") return " -F";
    if (completes === "folders") return " -a '(__fish_complete_directories)'";
    if (completes === "nothing") return "";
    return ` -a '${completes === "runs" ? runs : completes.words.join(" ")}'`;
  };
  const lines = commands.flatMap(({ name, description, argument, repeats, options }) => {
    const within = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
    const first = repeats ? within : `${within} -n 'test (count (string match -v -- "-*" (commandline -opc))) -le 2'`;
    return [
      `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quote(description)}`,
      ...(argument === "nothing" ? [] : [`${first}${reply(argument)}`]),
      ...options.map(({ long, description: meaning, value }) => {
        const takes = value === undefined ? "" : ` -r${reply(value)}`;
        return `${within} -l ${long.slice(2)}${takes} -d ${quote(meaning)}`;
      }),
    ];
  });
  return [`# fish completion of ${program}`, `complete -c ${program} -f`, ...lines, ""].join("\n");
}

/** After an option that takes something, that is completed and nothing else. */
function optionCases(
  options: CommandWords["options"],
  reply: (completes: Completes) => string,
  indent: string,
): string[] {
  const taking = options.flatMap(({ long, value }) => (value === undefined ? [] : [{ long, value }]));
  if (taking.length === 0) return [];
  return [
    `${indent}case "$prev" in`,
    ...taking.map(({ long, value }) => `${indent}  ${long}) ${reply(value)}; return ;;`),
    `${indent}esac`,
  ];
}

/** Counts the arguments before the one that is typed, without options and what they take. */
function countArguments(
  options: CommandWords["options"],
  { words, first, end }: { readonly words: string; readonly first: string; readonly end: string },
): string[] {
  const taking = options.flatMap(({ long, value }) => (value === undefined ? [] : [long]));
  const skip = taking.length === 0 ? "" : `${taking.join("|")}) ((i += 1)) ;; `;
  return [
    `      for ((i = ${first}; i < ${end}; i++)); do`,
    `        case "\${${words}[i]}" in ${skip}-?*) ;; *) ((before += 1)) ;; esac`,
    "      done",
  ];
}

function functionName(program: string): string {
  return `_${program.replaceAll("-", "_")}`;
}

/** In single quotes; an apostrophe is said otherwise, because the shells differ in how they take one. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "’").replaceAll("\\", "")}'`;
}
