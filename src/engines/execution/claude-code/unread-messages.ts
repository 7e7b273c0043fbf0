/** What an agent was told while it works and has not said that it has read: until then its result is not its last. */
export class UnreadMessages {
  #texts: readonly string[] = [];

  get any(): boolean {
    return this.#texts.length > 0;
  }

  add(text: string): void {
    this.#texts = [...this.#texts, text];
  }

  /** Takes out what was read, which may be several messages in one text; false where it was none of them. */
  read(text: string): boolean {
    const before = this.#texts.length;
    let rest = text;
    this.#texts = this.#texts.filter((each) => {
      const place = rest.indexOf(each);
      if (place < 0) return true;
      rest = `${rest.slice(0, place)}\n${rest.slice(place + each.length)}`;
      return false;
    });
    return this.#texts.length < before;
  }
}
