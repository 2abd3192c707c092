import { readFileSync } from 'node:fs';

type Entry = { files?: Record<string, Entry>; unpacked?: boolean };

/** Files of an archive by their path, and whether each lies beside the archive instead of in it. */
export const asarFiles = (archive: string): Map<string, { unpacked: boolean }> => {
  const bytes = readFileSync(archive);
  // Two nested sizes before the header's own (github.com/electron/asar, "Format").
  const length = bytes.readUInt32LE(12);
  const header = JSON.parse(bytes.toString('utf8', 16, 16 + length)) as Entry;
  const files = new Map<string, { unpacked: boolean }>();
  const walk = ({ files: below = {} }: Entry, folder: string): void => {
    for (const [name, entry] of Object.entries(below)) {
      if (entry.files) walk(entry, `${folder}${name}/`);
      else files.set(`${folder}${name}`, { unpacked: entry.unpacked === true });
    }
  };
  walk(header, '');
  return files;
};
