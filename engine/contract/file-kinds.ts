/** Endings of files by what they are taken for when one chooses among them; lower case, without the dot. */
export const endingsOfKind = {
  project: ['longtake'],
  timeline: ['otio'],
  video: 'mp4 m4v mov mkv webm avi mxf mts m2ts ts mpg mpeg 3gp ogv flv wmv vob dv gif'.split(' '),
  audio: 'wav mp3 m4a aac flac ogg oga opus aif aiff wma mka caf ac3'.split(' '),
  still: 'jpg jpeg png webp tif tiff bmp avif heic exr dpx tga svg'.split(' '),
} as const satisfies Record<string, readonly string[]>;
