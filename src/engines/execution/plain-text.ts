// oxlint-disable-next-line no-control-regex -- removing control characters is the purpose
const terminalSequences = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// oxlint-disable-next-line no-control-regex -- removing control characters is the purpose
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text of others as plain text: no terminal sequences, control or direction characters; line breaks and tabs stay. */
export function plainText(text: string): string {
  return text.replace(terminalSequences, "").replace(/\r\n?/g, "\n").replace(controlCharacters, "");
}

/** Plain text of at most so many characters; what was longer says that it was cut. */
export function cappedText(text: string, characters: number): string {
  const plain = plainText(text).trim();
  if (plain.length <= characters) return plain;
  const note = " […cut]";
  // A cut between the halves of a surrogate pair would leave a character that is none.
  return plain.slice(0, Math.max(0, characters - note.length)).replace(/[\ud800-\udbff]$/, "") + note;
}

/** One line of plain text of at most so many characters. */
export function cappedLine(text: string, characters: number): string {
  return cappedText(text.replace(/\s+/g, " "), characters);
}

/** Puts text between fences that it cannot close, so that a reader takes it as data. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
