import type { Files } from "../../../ports/files.ts";
import { cappedText } from "../plain-text.ts";

/** Where projects write down how they are to be worked on, in the order of their names' age. */
const ruleFiles = ["CLAUDE.md", "AGENTS.md"];

/** Characters of each file that an agent is given. */
const ruleCharacters = 16_000;

/**
 * What a project says of how it is to be worked on. It is read here and handed over as text, because the program's own
 * way of loading it would load the project's settings too, and those can run programs and send keys to any address.
 */
export async function projectRules(
  files: Pick<Files, "realPath" | "readText">,
  folder: string,
): Promise<readonly string[]> {
  const rules = new Map<string, string>();
  for (const name of ruleFiles) {
    const real = await files.realPath(`${folder}/${name}`);
    // A link that leads out of the workspace is not followed; one to the other file counts once.
    if (real === undefined || !real.startsWith(`${folder}/`) || rules.has(real)) continue;
    const text = cappedText((await files.readText(real)) ?? "", ruleCharacters);
    if (text !== "") rules.set(real, `From ${name}:\n${text}`);
  }
  return [...rules.values()];
}
