/** Where many small files lie. */
export interface BulkPlace {
  /** Absolute path of the folder. */
  readonly root: string;
  /** Relative to the folder. */
  readonly paths: readonly string[];
}

/**
 * How the engines look at many files at once, faster than one by one and without holding anybody
 * up: every few milliseconds others get their turn. Links are not followed; what is no plain file,
 * is gone, or may not be read by this user counts as not there.
 */
export interface BulkReader {
  /** Gives the bytes of each file of at most `mostBytes`, in order; the array is only good until `visit` returns. */
  read(
    place: BulkPlace & { readonly mostBytes: number },
    visit: (index: number, bytes: Uint8Array) => void,
  ): Promise<void>;
  /** Size and time of each file as one text that is another when the file has changed; empty where there is none. */
  versions(place: BulkPlace): Promise<readonly string[]>;
  /** Lets everybody else who waits have their turn; for long work between two readings. */
  turn(): Promise<void>;
}
