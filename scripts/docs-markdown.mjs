// The few forms of Markdown that the documentation is made of.

/** A table in Markdown. */
export function table(head, rows) {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

/** A type or word in a cell. */
export function code(text) {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

/** A text in a cell. */
export function sentence(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll(/\n/g, " ").replaceAll("..", ".");
}

/** A block of text as it stands. */
export function fenced(language, text) {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** A number for reading. */
export function number(value) {
  return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
}
