/**
 * The files of a repository and the words in them, as the analysis of tasks needs them: no content, only hashes of
 * words (`util/word-hashes.ts`).
 */
export interface RepositoryIndex {
  /** Paths relative to the workspace, `/` separated. */
  readonly paths: readonly string[];
  /** Where the words of each file begin in `words`; one more than there are files. */
  readonly wordStart: Uint32Array;
  /** Hashes of the different words of one file after another, those of its path among them. */
  readonly words: Uint32Array;
  /** How often each of `words` occurs in its file, at most 255; a word of the path counts six times. */
  readonly counts: Uint8Array;
  /** The sum of the counts of each file, where `words` holds only a part of them; otherwise absent. */
  readonly lengths?: Uint32Array;
  /** How many of the last commits changed each file; all 0 where there is no history. */
  readonly changes: Uint16Array;
  /** How many commits `changes` was counted over. */
  readonly commits: number;
  /** What was left out to keep within bounds, a sentence each; empty when everything was looked at. */
  readonly limits: readonly string[];
}
