/** What a writer of another program's format gives: files to be written side by side, and what the format has no words for. */
export type Interchange = {
  files: { name: string; text: string }[];
  /** One sentence per kind of thing that another program will not find in the files; empty when nothing is lost. */
  notCarried: string[];
};

export type Losses = {
  /** `what` begins a sentence ("Keyframes are not carried"); `whose` names the clip or track that it happened to. */
  add: (what: string, whose?: string) => void;
  list: () => string[];
};

const namedAtMost = 3;

/** Collects what is lost by kind, so that ten thousand clips make one line. */
export const createLosses = (): Losses => {
  const kinds = new Map<string, Map<string, number>>();
  return {
    add: (what, whose = '') => {
      const names = kinds.get(what) ?? new Map<string, number>();
      names.set(whose, (names.get(whose) ?? 0) + 1);
      kinds.set(what, names);
    },
    list: () =>
      [...kinds].map(([what, names]) => {
        const named = [...names.keys()].filter((name) => name !== '');
        if (named.length === 0) return `${what}.`;
        const more = named.length - namedAtMost;
        const others = more > 0 ? ` and ${more} more` : '';
        return `${what}: ${named.slice(0, namedAtMost).join(', ')}${others}.`;
      }),
  };
};
