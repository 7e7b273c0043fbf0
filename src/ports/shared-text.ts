/** A small text that the processes of this machine share. */
export interface SharedText {
  /**
   * Replaces the text in one step; `undefined` when there is none yet. Somebody else may be quicker, and
   * then `change` is called again with what they wrote. The same text is not written again. Throws when the text cannot be kept.
   */
  update<Answer>(change: (text: string | undefined) => readonly [text: string, answer: Answer]): Answer;
}
