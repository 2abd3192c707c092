import { endingsOfKind } from '../../engine/contract/file-kinds.ts';

/** What a person brings to a quick screen: files of the window's own machine, or paths of the engine's. */
export type Brought = { kind: 'file'; file: File } | { kind: 'path'; path: string };

export const nameOf = (brought: Brought): string =>
  brought.kind === 'file' ? brought.file.name : (brought.path.split(/[/\\]/).at(-1) ?? brought.path);

const endingOf = (name: string): string => /\.([^.]+)$/.exec(name)?.[1].toLowerCase() ?? '';

/** By its ending, before anybody has looked into it. Undefined for what is neither. */
export const looksLike = (brought: Brought): 'still' | 'video' | undefined => {
  const ending = endingOf(nameOf(brought));
  return (['still', 'video'] as const).find((kind) => (endingsOfKind[kind] as readonly string[]).includes(ending));
};

export const looksLikeSound = (brought: Brought): boolean =>
  (endingsOfKind.audio as readonly string[]).includes(endingOf(nameOf(brought)));

/** The name of a project that is made for files: that of its first one, without the ending. */
export const projectNameOf = (brought: readonly Brought[]): string | undefined => {
  const name =
    brought[0] &&
    nameOf(brought[0])
      .replace(/\.[^.]+$/, '')
      .trim();
  return name ? name.slice(0, 100) : undefined;
};

export const filesOf = (transfer: DataTransfer | null): Brought[] =>
  [...(transfer?.files ?? [])].map((file) => ({ kind: 'file', file }));
